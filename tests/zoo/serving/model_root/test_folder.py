import configparser
from pathlib import Path

from zoo.serving.model_root import folder, models_config

ROOT = Path(__file__).resolve().parents[4]
TEMPLATES = ROOT / "zoo" / "serving" / "templates"


def test_a_new_root_is_whole(tmp_path):
    folder.fill(tmp_path / "a" / "root")
    for name, original in folder.FILES.items():
        made = tmp_path / "a" / "root" / name
        assert made.read_bytes() == (TEMPLATES / original).read_bytes()
    config = models_config.read(tmp_path / "a" / "root")
    assert config.WhichOneof("config") == "model_config_list"


def test_what_is_there_stays(tmp_path):
    (tmp_path / "compose.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "models.config").write_text("# mine", encoding="utf-8")
    folder.fill(tmp_path)
    assert (tmp_path / "compose.yaml").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "models.config").read_text(encoding="utf-8") == "# mine"


def test_every_template_has_a_use_and_is_packaged():
    used = {*folder.FILES.values(), "server_version.txt"}
    assert {path.name for path in TEMPLATES.iterdir()} == used
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    patterns = setup["options.package_data"]["zoo"].split()
    packaged = {path for line in patterns for path in (ROOT / "zoo").glob(line)}
    assert packaged >= {*TEMPLATES.iterdir()}


def test_originals_are_found_as_data_of_the_package():
    assert folder.template("compose.yaml").is_file()


def test_the_server_version():
    assert folder.server_version().split(".")[:2] == ["2", "20"]


def test_the_clone_begins_with_the_same_files():
    for name in (".gitignore", "README.md"):
        own = (ROOT / "saved_models" / name).read_bytes()
        assert own == (TEMPLATES / folder.FILES[name]).read_bytes()
