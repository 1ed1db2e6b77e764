"""Files of a series are read into one array where they store alike."""

import dataclasses

import numpy as np
import pytest

from pipelines.errors import StudyError
from pipelines.readers.dicom.stored_values import stored_values
from tests.pipelines.readers.dicom_files import only_series, phantom, write_stack


def test_alike_frames_are_one_array(tmp_path):
    volume = phantom()
    write_stack(tmp_path, volume)
    stored = stored_values(only_series(tmp_path))
    assert isinstance(stored, np.ndarray)
    np.testing.assert_array_equal(stored, volume)


def test_frames_that_store_in_two_ways(tmp_path):
    volume = phantom()
    write_stack(tmp_path, volume)
    series = only_series(tmp_path)
    first, *others = series.frames
    signed = dataclasses.replace(first.pixels, signed=True)
    first = dataclasses.replace(first, pixels=signed)
    mixed = dataclasses.replace(series, frames=(first, *others))
    stored = stored_values(mixed)
    assert [plane.dtype.kind for plane in stored] == ["i", "u", "u", "u", "u"]
    np.testing.assert_array_equal(np.stack(stored), volume)


@pytest.mark.parametrize("way", ["one", "two"])
def test_a_file_that_ends_early(tmp_path, way):
    write_stack(tmp_path, phantom())
    series = only_series(tmp_path)
    if way == "two":
        last = series.frames[-1]
        other = dataclasses.replace(last.pixels, bits_stored=12)
        last = dataclasses.replace(last, pixels=other)
        series = dataclasses.replace(series, frames=(*series.frames[:-1], last))
    path = tmp_path / "im003"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StudyError, match="cut off within its pixels"):
        stored_values(series)
