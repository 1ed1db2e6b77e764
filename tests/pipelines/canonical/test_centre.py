import numpy as np
import pytest

from pipelines.canonical import centre
from pipelines.canonical.canonicalise import canonicalise
from pipelines.errors import StudyError
from tests.pipelines.canonical.conftest import build_image, build_study, build_task

SPACING = (2.0, 2.0, 8.0)
GRID = {
    "fit": "crop_or_pad",
    "spacing_mm": (8.0, 2.0, 2.0),
    "shape": (8, 24, 24),
    "centre": "motion",
    "centre_of": ("ED", "ES"),
}


def heart(radius, row=30, column=60, seed=0):
    """`[8, 80, 96]`: a disc on a noisy body, an organ beside it that stays."""
    noise = np.random.default_rng(seed).normal(200, 10, (8, 80, 96))
    rows, columns = np.indices((80, 96))
    noise[:, (rows - row) ** 2 + (columns - column) ** 2 < radius**2] += 400
    noise[:, 60:78, 4:30] += 500
    return build_image(noise.astype(np.float32), SPACING)


def test_motion_finds_what_differs_and_not_what_is_bright():
    pair = (heart(11), None), (heart(6, seed=1), None)
    assert centre.of_motion(pair[0][0], pair) == pytest.approx((60, 30), abs=2)


@pytest.mark.parametrize("seed", [0, 1], ids=["the same image", "noise alone"])
def test_nothing_that_moves_is_no_centre(seed):
    pair = (heart(8), None), (heart(8, seed=seed), None)
    with pytest.raises(StudyError, match="nothing moves") as caught:
        centre.of_motion(pair[0][0], pair)
    assert caught.value.code == "no_centre"


def test_the_centroid_of_the_foreground():
    voxels = np.zeros((8, 40, 50), np.int16)
    voxels[:, 10:21, 30:41] = 100
    assert centre.of_foreground(build_image(voxels)) == (35, 15)


def test_no_foreground_has_no_centroid():
    voxels = np.zeros((8, 40, 50), np.int16)
    voxels[0, :20] = 100  # not in the middle slices
    with pytest.raises(StudyError, match="no foreground"):
        centre.of_foreground(build_image(voxels))


def test_the_crop_is_about_the_centre():
    study = build_study(ED=heart(11), ES=heart(6, seed=1))
    found = canonicalise(study, build_task("ED", "ES", **GRID)).voxels
    bright = np.argwhere(found[4, ..., 0] > 400)
    assert bright.mean(axis=0) == pytest.approx((11.5, 11.5), abs=3)


def test_the_centroid_of_the_reference_is_the_grids():
    voxels = np.zeros((8, 40, 50), np.int16)
    voxels[:, 10:21, 30:41] = np.arange(100, 111)
    grid = GRID | {"centre": "centroid", "centre_of": ("ED",), "shape": (8, 9, 9)}
    study = build_study(ED=build_image(voxels, SPACING))
    assert canonicalise(study, build_task("ED", **grid)).voxels.min() > 0


def test_in_depth_the_grid_stays_on_the_stack():
    study = build_study(ED=heart(11), ES=heart(6, seed=1))
    found = canonicalise(study, build_task("ED", "ES", **GRID))
    plain = GRID | {"centre": "middle", "centre_of": ()}
    middle = canonicalise(study, build_task("ED", "ES", **plain))
    assert found.affine[2, 3] == middle.affine[2, 3]
