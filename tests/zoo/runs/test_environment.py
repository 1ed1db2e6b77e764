import getpass
import json
import platform
from pathlib import Path

from zoo.runs import environment


def test_versions_and_hardware_without_host_user_or_path():
    facts = environment.describe()
    assert facts["packages"]["tensorflow"].count(".") == 2
    assert facts["cpu_count"] >= 1
    text = json.dumps(facts)
    for private in (platform.node(), f"/{getpass.getuser()}", str(Path.home()) + "/"):
        assert not private or private not in text
