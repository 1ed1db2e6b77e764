from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.inspection import montage
from pipelines.inspection.montage import chosen, draw, read
from pipelines.inspection.slice_picture import Shown
from pipelines.records.data_set import read_manifest
from tests.pipelines.records.small import canonical, data_set, seed_of, task

_AXIAL = np.diag([5.0, 1.0, 1.0, 1.0])[[2, 1, 0, 3]]  # d -> z, h -> y, w -> x


def _shown(affine, shape=(6, 8, 10)):
    volume = np.arange(np.prod(shape), dtype=np.float32).reshape(*shape, 1)
    return Shown(
        title="ring\n01234567", volume=volume, foreground=volume > 40, affine=affine
    )


def test_a_picture_for_each_sequence(tmp_path):
    data = data_set(tmp_path, task(channels=("T1", "b/800")))
    rows = read_manifest(data)
    shown = montage.samples(data, rows, per_class=2)
    channels, pictures = data.task.channels, tmp_path / "pictures"
    written = montage.write(shown, channels, pictures, title="small", slices=3)
    assert [path.name for path in written] == ["montage-T1.png", "montage-b_800.png"]
    picture = matplotlib.image.imread(written[0])
    assert picture.shape[0] > 200 and picture[..., :3].std() > 0.1


def test_rows_and_columns_and_the_true_proportions():
    affine = _AXIAL.copy()
    affine[1, 1] = 2.0  # rows are twice as far apart as columns
    figure = draw([_shown(affine), _shown(affine)], 0, title="x", slices=4)
    pictures = [axis for axis in figure.axes if axis.images]
    assert len(pictures) == 2 * 4
    assert pictures[0].get_aspect() == 2.0
    assert pictures[0].get_ylabel() == "ring\n01234567"
    assert [text.get_text() for text in pictures[0].texts] == ["A", "P", "R", "L"]


def test_a_long_class_is_whole_below():
    long = "glioblastoma multiforme with necrosis and oedema, grade four, recurrent"
    sample = replace(_shown(_AXIAL), title=f"{long}\n01234567")
    figure = draw([sample, _shown(_AXIAL)], 0, title="x", slices=2)
    assert figure.axes[0].get_ylabel() == "glioblastoma mult… [1]\n01234567"
    assert figure.get_supxlabel() == f"[1] {long}"


def test_the_window_leaves_out_the_background():
    figure = draw([_shown(_AXIAL)], 0, title="x", slices=2)
    low, high = figure.axes[0].images[0].get_clim()
    assert low > 40
    assert high == pytest.approx(np.percentile(np.arange(41, 480), 99))


def test_an_absent_sequence_is_drawn_black():
    empty = replace(_shown(_AXIAL), foreground=np.zeros((6, 8, 10, 1), bool))
    figure = draw([empty], 0, title="x", slices=2)
    assert figure.axes[0].images[0].get_clim() == (0.0, 1.0)


def test_samples_are_the_first_of_each_class(tmp_path):
    data = data_set(tmp_path, task())
    rows = read_manifest(data)
    assert [row.target[0] for row in chosen(data, rows, 2)] == [0, 0, 1, 1]
    assert chosen(data, rows, 2) == chosen(data, tuple(reversed(rows)), 2)


def test_a_row_finds_its_record(tmp_path):
    data = data_set(tmp_path, task())
    row = next(row for row in read_manifest(data) if row.position > 0)
    shown = read(data, row)
    seed = seed_of(row.sample_id)
    assert np.array_equal(shown.volume, canonical(seed).voxels)
    assert shown.title.endswith(row.sample_id[:9])


def test_nothing_to_show_is_an_error(tmp_path):
    data = data_set(tmp_path, task())
    with pytest.raises(DataError, match="holds no samples to show"):
        montage.samples(data, ())


def test_a_file_in_the_way_is_an_error(tmp_path):
    (tmp_path / "pictures").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="pictures could not be written"):
        montage.write([_shown(_AXIAL)], ("T1",), tmp_path / "pictures", title="x")
