import matplotlib.image
import numpy as np
import pytest

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity.settings import Intensity
from pipelines.augment.mixing.settings import Mixing
from pipelines.augment.spatial.settings import Spatial
from pipelines.errors import DataError, UsageError
from pipelines.inspection import augmentation_sheet
from pipelines.inspection.augmentation_sheet import DRAWS, draw, write
from pipelines.records.data_set import read_manifest
from tests.pipelines.records.small import data_set, task

FLIPS = Augmentation(spatial=Spatial(flip=("width",)))


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())


def sheet(data, path, augmentation=FLIPS, rows=None):
    return write(
        data,
        read_manifest(data) if rows is None else rows,
        path,
        augmentation=augmentation,
        normalisation="zscore",
    )


@pytest.fixture
def shown(monkeypatch):
    """What the sheets of a test draw."""
    seen = {}

    def keeping(pictures, channels, spacing_mm):
        seen.update(pictures=pictures, spacing_mm=spacing_mm)
        return draw(pictures, channels, spacing_mm)

    monkeypatch.setattr(augmentation_sheet, "draw", keeping)
    return seen


@pytest.mark.slow
def test_it_shows_before_and_each_draw_of_every_sequence(data, tmp_path, shown):
    path = sheet(data, tmp_path / "new" / "sheet.png")
    assert matplotlib.image.imread(path)[..., :3].std() > 0.1
    before, *after = shown["pictures"]
    assert len(after) == DRAWS and before.shape == (4, 5, 4, 2)
    np.testing.assert_allclose(shown["spacing_mm"], [[3, 0.5, 0.5]] * 4)
    mirrored = [
        np.array_equal(one, other[:, ::-1])
        for picture in after
        for one, other in zip(picture, before)
    ]
    same = [
        np.array_equal(one, other)
        for picture in after
        for one, other in zip(picture, before)
    ]
    assert sum(mirrored) + sum(same) == 4 * DRAWS and sum(mirrored) > 4


def test_samples_of_a_sheet_are_mixed_with_each_other(data, tmp_path, shown):
    mixed = Augmentation(mixing=Mixing(mixup=1.0, mixup_alpha=1.0))
    sheet(data, tmp_path / "sheet.png", mixed)
    before, *after = shown["pictures"]
    assert not any(np.array_equal(picture, before) for picture in after)


def test_rows_columns_proportions_and_no_names(data):
    pictures = [np.random.default_rng(0).normal(size=(2, 6, 4, 2))] * 3
    spacing_mm = np.array([[3.0, 1.0, 1.0], [3.0, 2.0, 1.0]])
    figure = draw(pictures, ("T1", "T2"), spacing_mm)
    assert len(figure.axes) == 2 * 2 * 3
    assert [axis.get_aspect() for axis in figure.axes] == [1.0] * 6 + [2.0] * 6
    words = [axis.get_title() for axis in figure.axes]
    words += [axis.get_ylabel() for axis in figure.axes]
    assert {*words} == {
        "",
        "before",
        "draw 1",
        "draw 2",
        *(f"sample {n}\n{name}" for n in (1, 2) for name in ("T1", "T2")),
    }


def test_an_absent_sequence_is_drawn():
    figure = draw([np.zeros((1, 4, 4, 1))] * 2, ("T1",), np.ones((1, 3)))
    assert figure.axes[0].images[0].get_clim() == (-1.0, 1.0)


def test_no_training_samples_are_an_error(data, tmp_path):
    rows = tuple(row for row in read_manifest(data) if row.split != "train")
    with pytest.raises(DataError, match="holds no training samples to show"):
        sheet(data, tmp_path / "sheet.png", rows=rows)


def test_changes_that_the_channels_can_not_have_are_refused(data, tmp_path):
    colours = Augmentation(intensity=Intensity(hue_chance=0.5))
    with pytest.raises(UsageError, match="of three sequences"):
        sheet(data, tmp_path / "sheet.png", colours)


def test_a_directory_in_the_way_is_an_error(data, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="sheet.png could not be written"):
        sheet(data, tmp_path / "file" / "sheet.png")
