import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.serving.model_root import roots
from zoo.serving.model_root import versions


def test_the_first_version_is_one(tmp_path):
    assert versions.next_version(tmp_path, "liver") == 1


def test_the_next_follows_the_highest_as_a_number(tmp_path):
    for folder in ("2", "10", "0000009", "aside", ".11.part"):
        (tmp_path / "liver" / folder).mkdir(parents=True)
    (tmp_path / "liver" / "12").write_text("a file is no version", encoding="utf-8")
    assert versions.next_version(tmp_path, "liver") == 11
    assert versions.folders(tmp_path, "liver")[9].name == "0000009"


@pytest.mark.parametrize("name", ["", "a/b", "..", "-a", "a:b", "a b", "ä"])
def test_a_name_that_fits_no_path_or_url(name, tmp_path):
    with pytest.raises(UsageError, match="a model's name is made of letters"):
        versions.next_version(tmp_path, name)


def test_a_whole_version(tmp_path):
    roots.add(tmp_path, "liver", 1)
    versions.check_whole(tmp_path, "liver", 1)


def test_no_such_model(tmp_path):
    roots.add(tmp_path, "liver", 1)
    with pytest.raises(UsageError, match="no model named heart. It holds liver; exp"):
        versions.check_whole(tmp_path, "heart", 1)


def test_no_model_at_all(tmp_path):
    with pytest.raises(UsageError, match="no model named heart. It holds none"):
        versions.check_whole(tmp_path / "nosuch", "heart", 1)


def test_no_such_version(tmp_path):
    roots.add(tmp_path, "liver", 1)
    roots.add(tmp_path, "liver", 3)
    with pytest.raises(UsageError, match="liver has no version 2. It has 1, 3"):
        versions.check_whole(tmp_path, "liver", 2)


def test_a_version_without_a_graph(tmp_path):
    (tmp_path / "liver" / "1").mkdir(parents=True)
    with pytest.raises(DataError, match="version 1 of liver is not whole"):
        versions.check_whole(tmp_path, "liver", 1)
