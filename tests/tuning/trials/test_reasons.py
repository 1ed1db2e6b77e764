from pathlib import Path

import pytest

from pipelines.errors import DataError
from tuning.trials import reasons


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("the disk of /data/x is full", "the disk of <path> is full"),
        ("s3://bucket/a b", "<path> b"),
        ("file:///a/b, too", "<path>, too"),
        (r"C:\scans\a.nii is torn", "<path> is torn"),
        ("~/scans is torn", "<path> is torn"),
        ("'/a/b' and (/c)", "'<path>' and (<path>)"),
        ("patient p0123456789abcdef twice", "patient <id> twice"),
        ("patient 0123456789abcdef twice", "patient <id> twice"),
        ("one\n  line", "one line"),
        ("3/4 of 2 m/s, and/or 0.5", "3/4 of 2 m/s, and/or 0.5"),
        ("layers/kernel [3, 3]", "layers/kernel [3, 3]"),
    ],
)
def test_paths_and_pseudonyms_go(text, line):
    assert reasons.without_names(text) == line


def test_a_relative_place_that_is_known_goes():
    text = "my data/x lacks the shard a.tfrecord"
    assert reasons.without_names(text, [Path("my data/x")]) == (
        "<path> lacks the shard a.tfrecord"
    )


def test_what_lies_below_a_known_place_goes_with_it():
    assert reasons.without_names(f"{Path.cwd()}/a/b is torn") == "<path> is torn"


def test_an_error_of_ours_speaks_for_itself():
    assert reasons.one_line(DataError("too few")) == "too few"


def test_another_error_says_its_kind():
    assert reasons.one_line(KeyError("x")) == "KeyError: 'x'"


def test_a_long_text_is_cut():
    line = reasons.without_names("word " * 200)
    assert len(line) == 300 and line.endswith("...")
