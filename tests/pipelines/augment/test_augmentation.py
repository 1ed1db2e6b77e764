import subprocess
import sys

import pytest

from pipelines.augment import augmentation
from pipelines.augment.augmentation import NONE, Augmentation
from pipelines.augment.spatial.settings import Spatial
from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files


def test_none_is_the_first_preset_and_changes_nothing():
    assert "none" in augmentation.shipped()
    assert augmentation.load("none") == NONE == Augmentation()


@pytest.mark.parametrize("name", augmentation.shipped())
def test_every_preset_can_be_read(name):
    assert isinstance(augmentation.load(name), Augmentation)


def test_toml_gives_the_same_settings_back(tmp_path):
    wanted = Augmentation(spatial=Spatial(flip=("width",)))
    path = tmp_path / "mine.toml"
    path.write_text(config_files.to_toml(wanted), encoding="utf-8")
    assert augmentation.load(str(path)) == wanted


def test_an_unknown_preset_lists_those_there_are():
    with pytest.raises(UsageError, match="no preset of augmentation named 'x'.*none"):
        augmentation.load("x")


def test_an_unknown_key_is_an_error(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[spatial]\nflips = ['width']\n", encoding="utf-8")
    with pytest.raises(DataError, match="did you mean 'flip'"):
        augmentation.load(str(path))


def test_settings_load_no_tensorflow():
    program = (
        "import sys, pipelines.augment.augmentation\n"
        "assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
