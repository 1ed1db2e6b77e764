"""The mark lies where the centre was laid, and only where one was found."""

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure

from pipelines.canonical import centre
from pipelines.canonical.canonicalise import canonicalise
from pipelines.inspection import centre_mark, montage, side_by_side
from pipelines.inspection.slice_picture import Shown
from pipelines.records.data_set import read_manifest
from pipelines.tasks.task import load
from tests.pipelines.canonical.conftest import build_image, build_study, build_task
from tests.pipelines.records import small

BESIDE = {"spacing_mm": (1.5, 1.5, 1.5), "shape": (8, 24, 30), "fit": "crop_or_pad"}


def moving(row, column, shape=(8, 60, 70)):
    """Two images `[D, H, W]`, alike but for a disc that is dark in the second one."""
    h, w = np.meshgrid(*(np.arange(n) for n in shape[1:]), indexing="ij")
    body = (400 - h) * ((h - 30) ** 2 + (w - 35) ** 2 < 26**2)
    disc = 300 * ((h - row) ** 2 + (w - column) ** 2 < 6**2)
    first, second = (
        np.broadcast_to(one, shape).astype(np.int16) for one in (body, body - disc)
    )
    return build_image(first, (1.5, 1.5, 1.5)), build_image(second, (1.5, 1.5, 1.5))


@pytest.mark.parametrize(("row", "column"), [(25, 40), (34, 28)])
def test_what_moves_is_under_the_mark(row, column):
    first, second = moving(row, column)
    task = build_task("A", "B", centre="motion", centre_of=("A", "B"), **BESIDE)
    record = canonicalise(build_study(A=first, B=second), task).voxels
    difference = (record[4, :, :, 0] - record[4, :, :, 1]).astype(float)
    places = np.argwhere(difference == difference.max())
    found = centre.of_motion(first, ((first, None), (second, None)))
    off = np.abs(np.array(centre_mark.centre_of(task)) - places.mean(axis=0)).max()
    assert off <= 1 + np.abs(np.array(found)[::-1] - (row, column)).max() < 3


@pytest.mark.parametrize("task", ["acdc", "glioma_voting", "phantom"])
def test_nothing_is_marked_where_nothing_was_found(task):
    assert centre_mark.centre_of(load(task)) is None
    assert centre_mark.title_of(load(task)) == load(task).name


def test_the_title_says_what_the_cross_is():
    assert centre_mark.centre_of(load("cardiac_acdc")) == (35.5, 35.5)
    title = centre_mark.title_of(load("cardiac_acdc"))
    assert title == "cardiac_acdc (cross: the centre by motion of ED and ES)"


def test_the_cross_is_open_about_the_centre():
    axis = Figure().subplots()
    centre_mark.draw(axis, (10.0, 20.0), (30, 50))
    ends = np.concatenate([line.get_xydata() for line in axis.lines])
    np.testing.assert_allclose(ends.mean(axis=0), (20, 10))
    distances = np.abs(ends - (20, 10)).max(axis=1)
    assert distances.min() == pytest.approx(1.5) and len(axis.lines) == 4
    centre_mark.draw(axis, None, (30, 50))
    assert len(axis.lines) == 4


@pytest.mark.parametrize("marked", [(3.5, 5.5), None])
def test_both_pictures_have_it_in_every_slice(marked):
    volume = np.arange(6 * 8 * 12 * 2, dtype=np.float32).reshape(6, 8, 12, 2)
    shown = Shown(
        title="study 1",
        volume=volume,
        foreground=volume > 10,
        affine=np.diag([4.0, 3.0, 1.0, 1.0]),
        centre=marked,
    )
    together = side_by_side.draw([shown], ("T2", "DWI"), title="x")
    alone = montage.draw([shown], 0, title="x", slices=3)
    crosses = 4 if marked else 0
    assert [len(axis.lines) for axis in together.axes] == [6 + crosses] * 2
    assert [len(axis.lines) for axis in alone.axes if axis.images] == [crosses] * 3


def test_samples_of_a_data_set_know_it(tmp_path):
    plain = small.task()
    grid = dataclasses.replace(
        plain.grid,
        fit="crop_or_pad",
        spacing_mm=(1.0, 1.0, 1.0),
        centre="motion",
        centre_of=("T1", "T2"),
    )
    data = small.data_set(tmp_path, dataclasses.replace(plain, grid=grid))
    shown = montage.samples(data, read_manifest(data))
    assert {one.centre for one in shown} == {(2.0, 1.5)}
