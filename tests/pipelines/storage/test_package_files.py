from dataclasses import dataclass

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import package_files

PLACE = {"package": "pipelines", "folder": "augment/presets", "word": "preset"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    size: int = 1


def test_a_shipped_file_is_where_it_is_said_to_be():
    assert package_files.path("zoo", "catalogue/networks.json").is_file()


def test_names_are_those_of_the_toml_files_alone():
    presets = package_files.names("pipelines", "augment/presets")
    assert "nash" in presets and presets == sorted(presets)
    tasks = package_files.names("pipelines", "tasks")
    assert "phantom" in tasks and "task" not in tasks


def test_a_shipped_file_is_read_by_its_name():
    assert package_files.load(Settings, "none", **PLACE) == Settings()


def test_a_file_is_read_by_its_path(tmp_path):
    (tmp_path / "mine.toml").write_text("size = 3\n", encoding="utf-8")
    path = str(tmp_path / "mine.toml")
    assert package_files.load(Settings, path, **PLACE) == Settings(size=3)


def test_a_file_of_another_kind_is_an_error():
    with pytest.raises(DataError, match="nash.toml: unknown key 'intensity'"):
        package_files.load(Settings, "nash", **PLACE)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="the preset file .*mine.toml does not exist"):
        package_files.load(Settings, str(tmp_path / "mine.toml"), **PLACE)


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(UsageError, match="no preset named 'x'. Name .* nash, none"):
        package_files.load(Settings, "x", **PLACE)
