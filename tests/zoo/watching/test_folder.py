import os

import pytest

from zoo.watching import folder


def test_files_at_any_depth_and_no_links(tmp_path):
    for path in ("a", "b/c", "b/d/e/f"):
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).touch()
    (tmp_path / "out").touch()
    os.symlink(tmp_path / "out", tmp_path / "in" / "link")
    os.symlink(tmp_path / "in", tmp_path / "in" / "b" / "round")
    unreadable = []
    found = [path for path, _ in folder.files(tmp_path / "in", unreadable)]
    assert sorted(found) == ["a", "b/c", "b/d/e/f"]
    assert unreadable == []


def test_folders_that_cannot_be_listed_are_named(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "a").touch()
    scan = os.scandir

    def refuse(path):
        if str(path) != os.path.join(tmp_path, ""):
            raise PermissionError
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    unreadable = []
    assert [path for path, _ in folder.files(tmp_path, unreadable)] == ["a"]
    assert unreadable == ["b/"]


def test_a_folder_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(folder.files(tmp_path / "none", []))


@pytest.mark.parametrize(
    ("path", "temporary"),
    [
        ("a/1.part", True),
        ("a/1.TMP", True),
        ("a/.1.dcm.Xy12", True),
        ("a/1.dcm~", True),
        ("a.tmp/1.dcm", False),
        ("a/IM0001", False),
        ("a/1.2.840.4", False),
    ],
)
def test_names_of_what_is_still_written(path, temporary):
    assert folder.is_temporary(path) == temporary
