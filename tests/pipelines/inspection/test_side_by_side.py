"""All sequences of a study in one picture."""

import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.inspection import side_by_side
from pipelines.inspection.slice_picture import Shown

CHANNELS = ("T2", "DWI")


def study():
    volume = np.arange(6 * 8 * 12 * 2, dtype=np.float32).reshape(6, 8, 12, 2)
    return Shown(
        title="study 1",
        volume=volume,
        foreground=volume > 10,
        affine=np.diag([4.0, 3.0, 1.0, 1.0]),
    )


def test_a_row_a_study_and_a_column_a_sequence_of_its_middle_slice():
    figure = side_by_side.draw([study(), study()], CHANNELS, title="x")
    assert len(figure.axes) == 4
    assert [axis.get_title() for axis in figure.axes] == ["T2", "DWI", "", ""]
    np.testing.assert_array_equal(
        figure.axes[1].images[0].get_array(), study().volume[3, :, :, 1]
    )
    assert figure.axes[0].get_aspect() == 3.0


def test_lines_run_through_the_same_places_of_every_sequence():
    figure = side_by_side.draw([study()], CHANNELS, title="x")
    lines = [
        [tuple(map(tuple, line.get_xydata())) for line in axis.lines]
        for axis in figure.axes
    ]
    assert lines[0] == lines[1] and len(lines[0]) == 6
    heights = sorted(line[0][1] for line in lines[0] if line[0][1] == line[1][1])
    assert heights == [1.5, 3.5, 5.5]  # quarters of 8 rows


def test_it_is_written(tmp_path):
    path = side_by_side.write([study()], CHANNELS, tmp_path / "new", title="x")
    assert path == tmp_path / "new" / "side-by-side.png" and path.stat().st_size > 2000
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="could not be written"):
        side_by_side.write([study()], CHANNELS, tmp_path / "file", title="x")
