"""Mutual information of sequences, and what registration finds."""

import numpy as np
import pytest
from scipy import ndimage

from pipelines.errors import DataError
from pipelines.inspection import alignment_figure
from pipelines.inspection.alignment import alignments, mutual_information
from pipelines.inspection.slice_picture import Shown

CHANNELS = ("T2", "DWI")


def study(shift_voxels=0, present=True):
    """Two sequences of one smooth random body, the second darker where T2 is bright."""
    noise = np.random.default_rng(0).normal(size=(12, 40, 48))
    body = ndimage.gaussian_filter(noise, (1, 3, 3))
    body = (body - body.min()) / np.ptp(body)
    other = np.roll(1 - body**2, shift_voxels, axis=2)
    volume = np.stack([body, other], -1).astype(np.float32) * 500
    foreground = np.ones(volume.shape, bool)
    foreground[..., 1] = present
    return Shown(
        title="study 1",
        volume=volume,
        foreground=foreground,
        affine=np.diag([4.0, 2.0, 2.0, 1.0]),
    )


def test_mutual_information_of_what_is_equal_and_of_what_has_nothing_in_common():
    half = np.repeat([0.0, 1.0], 100)
    assert mutual_information(half, half) == pytest.approx(np.log(2))
    assert mutual_information(half, np.tile([0.0, 1.0], 100)) == pytest.approx(0)


def test_a_shift_is_measured_and_mended():
    (found,) = alignments(study(shift_voxels=3), CHANNELS, "T2")
    assert (found.sequence, found.reference, found.fault) == ("DWI", "T2", "")
    assert found.moved_mm == pytest.approx(6.0, abs=0.5)
    assert found.moved_voxels == pytest.approx(3.0, abs=0.25)
    assert found.after > 1.5 * found.before and found.apart
    assert found.advice("none") == 'apart: try registration = "rigid"'
    assert found.advice("rigid") == "apart although registered: look at it"


def test_what_lies_well_is_left_as_it_is():
    (found,) = alignments(study(), CHANNELS, "T2")
    assert found.moved_voxels < 0.3 and not found.apart
    assert found.advice("none") == "aligned"


def test_a_sequence_that_is_missing_has_no_alignment():
    assert alignments(study(present=False), CHANNELS, "T2") == []


def test_what_cannot_be_registered_says_why():
    shown = study()
    thin = Shown(
        title="study 1",
        volume=shown.volume[:2],
        foreground=shown.foreground[:2],
        affine=shown.affine,
    )
    (found,) = alignments(thin, CHANNELS, "T2")
    assert "could not be registered" in found.fault and found.before == found.after
    assert found.advice("none").startswith("look at it: DWI could not be registered")


def test_a_figure_a_study_and_a_table(tmp_path):
    shown = study(shift_voxels=3)
    measured = alignments(shown, CHANNELS, "T2")
    (path,) = alignment_figure.write([(shown, measured)], CHANNELS, "none", tmp_path)
    assert path.name == "alignment-01.png" and path.stat().st_size > 5000
    figure = alignment_figure.draw(shown, measured, CHANNELS, "none")
    titles = [axis.get_title() for axis in figure.axes]
    assert (
        titles[:2] == ["DWI (green) on T2 (red)", "registered"] and "apart" in titles[2]
    )
    table = alignment_figure.table(measured, "none").splitlines()
    assert table[0].split() == [
        "study",
        "sequence",
        "before",
        "after",
        "moved",
        "advice",
    ]
    assert table[1].endswith('mm  apart: try registration = "rigid"')
    assert alignment_figure.conclusion(measured, "none") == (
        "1 of 1 sequences are apart by a voxel or more: state registration = "
        '"rigid" in [steps]'
    )
    assert "although the task" in alignment_figure.conclusion(measured, "rigid")


def test_a_file_in_the_way_is_an_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="file could not be written"):
        alignment_figure.write([], CHANNELS, "none", tmp_path / "file")
