import subprocess
import sys

import pytest

from pipelines.errors import DataError
from pipelines.storage import lock
from tests.zoo.serving.model_root import roots
from zoo.serving.model_root import models_config

BY_HAND = """\
# Mine.

model_config_list {
  # a comment inside
  config {
    name: "theirs"
    base_path: "/elsewhere/theirs"
    model_platform: "tensorflow"
    model_version_policy { latest { num_versions: 3 } }
    logging_config { sampling_config { sampling_rate: 0.5 } }
  }
  config {
    name: "liver"
    base_path: "/elsewhere/liver"
    model_platform: "tensorflow"
    logging_config { sampling_config { sampling_rate: 0.25 } }
  }
}
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "models.config").write_text(BY_HAND, encoding="utf-8")
    return tmp_path


def test_no_file_says_nothing(tmp_path):
    assert not models_config.read(tmp_path).model_config_list.config


def test_what_a_hand_wrote_stays(root):
    before = models_config.entry(models_config.read(root), "theirs")
    roots.export(root, "liver", 1)
    config = models_config.read(root)
    assert models_config.entry(config, "theirs") == before
    liver = models_config.entry(config, "liver")
    assert liver.base_path == "/elsewhere/liver"
    assert liver.logging_config.sampling_config.sampling_rate == 0.25
    assert dict(liver.version_labels) == {"stable": 1}
    assert (root / "models.config").read_text(encoding="utf-8").startswith("# Mine.\n")


def test_a_new_file_begins_with_what_it_is(tmp_path):
    roots.export(tmp_path, "liver", 1)
    text = (tmp_path / "models.config").read_text(encoding="utf-8")
    assert text.startswith("# Which models")
    assert 'base_path: "/models/liver"' in text


def test_what_does_not_change_is_not_written(root):
    with models_config.changing(root):
        pass
    assert (root / "models.config").read_text(encoding="utf-8") == BY_HAND


def test_what_fails_is_not_written(root):
    with pytest.raises(KeyError), models_config.changing(root) as config:
        config.model_config_list.config[0].name = "other"
        raise KeyError
    assert (root / "models.config").read_text(encoding="utf-8") == BY_HAND


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('model_config_list {\n config { nam: "a" }\n}', "line 2, column 11: .*nam"),
        ("model_config_list {", "can't be read: line 1"),
        ("custom_model_config {}", "a model_config_list is wanted"),
        ("model_config_list { config {} }", r"without a name: \(no name\)"),
        ('model_config_list { config { name: "a" } config { name: "a" } }', "twice.*a"),
    ],
)
def test_a_broken_file(text, message, tmp_path):
    (tmp_path / "models.config").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        models_config.read(tmp_path)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "models.config").write_bytes(b"\xff")
    with pytest.raises(DataError, match="can't be read"):
        models_config.read(tmp_path)


def test_another_process_holds_the_root(root, monkeypatch):
    monkeypatch.setattr(models_config, "_PATIENCE_SECONDS", 0.05)
    with (
        lock.hold(root / ".models.lock", subject="it"),
        pytest.raises(DataError, match="is in use by process"),
        models_config.changing(root),
    ):
        pass


def test_many_processes_lose_no_change(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.zoo.serving.model_root import roots\n"
        "for n in range(5): roots.export(Path(sys.argv[1]), sys.argv[2], n + 1)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name])
        for name in ("a", "b", "c")
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    for name in ("a", "b", "c"):
        assert roots.served(tmp_path, name) == ([1, 5], {"stable": 1, "canary": 5})
    assert not list(tmp_path.glob(".*.part*")) + list(tmp_path.glob("*.lock"))


def test_tensorflow_is_not_loaded():
    code = (
        "import pkgutil, importlib, sys; from zoo.serving import model_root\n"
        "for m in pkgutil.iter_modules(model_root.__path__, 'zoo.serving.model_root.'):"
        " importlib.import_module(m.name)\nprint('tensorflow' in sys.modules)"
    )
    shown = subprocess.check_output([sys.executable, "-c", code], encoding="utf-8")
    assert shown.strip() == "False"
