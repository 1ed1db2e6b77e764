"""One process at a time has a sweep."""

import os

import pytest

from pipelines.errors import DataError, UsageError
from tuning.sweeps import holding


def test_a_second_one_is_told_who_has_it(tmp_path):
    with (
        holding.held(tmp_path),
        pytest.raises(UsageError, match=f"being searched by process {os.getpid()}"),
        holding.held(tmp_path),
    ):
        pass


def test_what_was_half_written_is_removed(tmp_path):
    half = tmp_path / "trials" / "0000" / ".trial.json.1a2b3c4d.part.json"
    half.parent.mkdir(parents=True)
    half.touch()
    (half.parent / ".fold-0.part").mkdir()
    with holding.held(tmp_path):
        assert list(half.parent.iterdir()) == []


def test_a_place_that_can_not_be_written_is_told(tmp_path):
    with (
        pytest.raises(DataError, match="can't be written"),
        holding.held(tmp_path / "nosuch"),
    ):
        pass
