import numpy as np
import pytest

from pipelines.canonical.canonicalise import canonicalise
from pipelines.canonical.roi import around_largest_section, holding, region_box
from pipelines.canonical.sampling_grid import Box
from pipelines.errors import StudyError
from pipelines.tasks.steps import Steps
from tests.pipelines.canonical.conftest import build_image, build_study, build_task

WHOLE = Box(first=(0, 0, 0), last=(9, 8, 7))  # W, H, D of [8, 9, 10]


def mask_of(*boxes):
    """True within boxes of D, H, W ranges, last included."""
    mask = np.zeros((8, 9, 10), bool)
    for box in boxes:
        mask[tuple(slice(first, last + 1) for first, last in box)] = True
    return mask


CORE = ((2, 4), (3, 6), (2, 7))  # 3 * 4 * 6 = 72 voxels
SPUR = ((5, 5), (4, 4), (5, 5))  # one more
ASIDE = ((3, 3), (1, 2), (4, 4))  # and two


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (1.0, [(2, 5), (1, 6), (2, 7)]),
        (74 / 75, [(2, 4), (1, 6), (2, 7)]),
        (72 / 75, [CORE[0], CORE[1], CORE[2]]),
    ],
)
def test_layers_that_the_mask_fills_least_go_first(share, expected):
    mask = mask_of(CORE, SPUR, ASIDE)
    assert holding(mask, share) == expected


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95, 1.0])
def test_a_box_holds_its_share_and_no_layer_could_go(share):
    grid = np.stack(np.meshgrid(*map(np.arange, (8, 9, 10)), indexing="ij"))
    centre = np.array([3, 4, 5])[:, None, None, None]
    mask = (((grid - centre) / [[[[3]]], [[[3.5]]], [[[4]]]]) ** 2).sum(axis=0) < 1
    found = holding(mask, share)
    box = tuple(slice(first, last + 1) for first, last in found)
    assert mask[box].sum() >= share * mask.sum()
    for axis, (first, last) in enumerate(found):
        for shorter in ((first + 1, last), (first, last - 1)):
            part = list(box)
            part[axis] = slice(shorter[0], shorter[1] + 1)
            assert mask[tuple(part)].sum() < share * mask.sum()


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, (4, 4)), (2, (4, 5)), (3, (3, 5)), (4, (3, 6)), (7, (1, 7)), (8, (0, 7))],
)
def test_slices_lie_around_the_largest_section(count, expected):
    mask = mask_of(((1, 6), (3, 4), (3, 4)), ((4, 4), (2, 6), (2, 6)))
    assert around_largest_section(mask, count) == expected


@pytest.mark.parametrize(("largest", "expected"), [(0, (0, 3)), (7, (4, 7))])
def test_slices_move_inwards_where_the_volume_ends(largest, expected):
    mask = mask_of(((largest, largest), (1, 2), (1, 2)))
    assert around_largest_section(mask, 4) == expected


def test_of_equal_sections_the_middle_one_counts():
    assert around_largest_section(mask_of(CORE), 1) == (3, 3)


def test_what_the_steps_do_not_say_stays():
    within = Box(first=(1, 2, 0), last=(8, 7, 6))
    found = region_box(mask_of(CORE), Steps(roi_slices=3), within)
    assert found == Box(first=(1, 2, 2), last=(8, 7, 4))
    found = region_box(mask_of(CORE), Steps(roi_share=1.0), WHOLE)
    assert found == Box(first=(2, 3, 2), last=(7, 6, 4))


def test_the_box_of_chosen_slices_is_that_of_the_mask_within_them():
    mask = mask_of(CORE, ((6, 6), (0, 8), (0, 8)))
    found = region_box(mask, Steps(roi_slices=1, roi_share=1.0), WHOLE)
    assert found == Box(first=(0, 0, 6), last=(8, 8, 6))
    found = region_box(mask_of(CORE, SPUR), Steps(roi_slices=5, roi_share=1.0), WHOLE)
    assert found == Box(first=(2, 3, 1), last=(7, 6, 5))


def test_an_empty_mask_and_too_few_slices():
    with pytest.raises(StudyError, match="the mask is empty") as caught:
        region_box(mask_of(), Steps(roi_share=0.8), WHOLE)
    assert caught.value.code == "empty_mask"
    with pytest.raises(
        StudyError, match="has 8 slices, and the task wants 9"
    ) as caught:
        region_box(mask_of(CORE), Steps(roi_slices=9), WHOLE)
    assert caught.value.code == "too_few_slices"


def test_the_grid_shows_the_slices_and_the_box(voxels, image):
    mask = np.zeros(voxels.shape, np.uint8)
    mask[4:7, 3:9, 5:15] = 1
    mask[5, 3:11, 5:15] = 1  # largest
    study = build_study(mask=build_image(mask), T1=image)
    steps = Steps(roi_slices=3, roi_share=1.0)
    task = build_task("T1", shape=(3, 8, 10), steps=steps)
    found = canonicalise(study, task)
    np.testing.assert_array_equal(found.voxels[..., 0], voxels[4:7, 3:11, 5:15])
    np.testing.assert_array_equal(found.mask, mask[4:7, 3:11, 5:15])
    task = build_task("T1", shape=(4, 16, 20), steps=Steps(roi_slices=4))
    found = canonicalise(study, task)
    np.testing.assert_array_equal(found.voxels[..., 0], voxels[4:8])


def test_at_a_stated_spacing_the_grid_lies_about_the_box(voxels, image):
    mask = np.zeros(voxels.shape, np.uint8)
    mask[7, 6:9, 5:10] = 1
    task = build_task(
        "T1",
        fit="crop_or_pad",
        spacing_mm=(4.0, 2.0, 1.5),
        shape=(3, 5, 7),
        steps=Steps(roi_slices=3, roi_share=1.0),
    )
    found = canonicalise(build_study(mask=build_image(mask), T1=image), task)
    np.testing.assert_array_equal(found.voxels[..., 0], voxels[6:9, 5:10, 4:11])


def test_a_study_without_a_mask(image):
    task = build_task("T1", shape=(3, 8, 10), steps=Steps(roi_slices=3))
    with pytest.raises(StudyError, match="has no mask, and the task crops") as caught:
        canonicalise(build_study(T1=image), task)
    assert caught.value.code == "no_mask"
