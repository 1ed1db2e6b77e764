import json

import pytest

from tests.zoo.serving.page import pages
from zoo.serving.page import manifest
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.manifest import Manifest, NamedVolume, UploadedFile
from zoo.serving.page.upload_error import UploadError

LIMITS = PageLimits(total_bytes=100, file_bytes=60, files=3)


def read(**changes):
    listed = pages.manifest({"a/ä.nii": b"xyz"}) | changes
    return manifest.read(json.dumps(listed).encode())


def test_what_the_page_writes():
    volume = {"T1": {"file": "a/ä.nii", "frame": 2}}
    assert read(sequences=volume, mask="m.nii", covariates={"age": ""}) == Manifest(
        model="small",
        version=1,
        files=(UploadedFile(name="a/ä.nii", size=3),),
        sequences={"T1": NamedVolume(file="a/ä.nii", frame=2)},
        mask="m.nii",
        covariates={"age": ""},
    )


def test_what_is_taken_of_a_file():
    listed = {"a": {}, "b": {"frame": 2}, "c": {"b_value": 800}, "d": {"b_value": 62.5}}
    volumes = {name: {"file": "x.nii"} | one for name, one in listed.items()}
    parts = [volume.part for volume in read(sequences=volumes).sequences.values()]
    assert parts == ["", "#frame=2", "#b=800", "#b=62.5"]


@pytest.mark.parametrize(
    "changes",
    [
        {"model": 1},
        {"version": "1"},
        {"version": True},
        {"files": None},
        {"files": [["a", 1]]},
        {"files": [{"name": "a", "size": 1.5}]},
        {"sequences": {"T1": "a"}},
        *(
            {"sequences": {"T1": {"file": "a"} | volume}}
            for volume in (
                {"frame": 1, "b_value": 800},
                {"b_value": -1},
                {"b_value": "800"},
                {"b_value": True},
                {"b_value": float("nan")},
                {"b_value": 10**400},
            )
        ),
        {"mask": 1},
        {"covariates": {"age": 61}},
        {"further": 1},
    ],
)
def test_what_it_does_not_write(changes):
    with pytest.raises(UploadError, match="list of its files"):
        read(**changes)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "no file was dropped"),
        ([("a", 1), ("b", 1), ("c", 1), ("d", 1)], "more than 3 files"),
        ([("a", 61)], "a file is larger"),
        ([("a", 51), ("b", 51)], "altogether"),
        ([("a", -1)], "list of its files"),
        ([("a", 1), ("a", 1)], "the same name"),
        ([("../a", 1)], "none within a folder"),
    ],
)
def test_what_may_not_come(files, words):
    listed = [{"name": name, "size": size} for name, size in files]
    with pytest.raises(UploadError, match=words):
        read(files=listed).check(LIMITS)
