import pytest
import SimpleITK as sitk

from pipelines.canonical.sampling_grid import Box, lattice_of, lies_on, place, whole
from pipelines.tasks.task import Grid


@pytest.fixture
def reference():
    image = sitk.Image((20, 16, 12), sitk.sitkInt16)
    image.SetSpacing((1.5, 2, 4))
    return image


def test_resize_to_the_own_shape_changes_nothing(reference):
    lattice = place(reference, whole(reference), Grid(shape=(12, 16, 20)))
    assert lattice.spacing_mm == (1.5, 2, 4)
    assert lattice.origin_mm == (0, 0, 0)
    assert lattice.size == (20, 16, 12)


def test_resize_divides_the_extent_of_the_box(reference):
    box = Box(first=(4, 0, 2), last=(13, 15, 7))
    lattice = place(reference, box, Grid(shape=(3, 16, 5)))
    assert lattice.spacing_mm == (3, 2, 8)
    assert lattice.origin_mm == (4 * 1.5 + 0.75, 0, 2 * 4 + 2)


@pytest.mark.parametrize("size", [5, 8])
def test_crop_or_pad_keeps_the_centre(reference, size):
    grid = Grid(fit="crop_or_pad", spacing_mm=(3, 3, 3), shape=(size, size, size))
    box = Box(first=(4, 0, 2), last=(13, 15, 7))
    lattice = place(reference, box, grid)
    assert lattice.spacing_mm == (3, 3, 3)
    middle = [o + 3 * (size - 1) / 2 for o in lattice.origin_mm]
    assert middle == pytest.approx([8.5 * 1.5, 7.5 * 2, 4.5 * 4])


@pytest.mark.parametrize("size", [7, 8, 9, 31, 32])
def test_equal_spacing_puts_voxels_on_voxels(reference, size):
    grid = Grid(fit="crop_or_pad", spacing_mm=(4, 2, 1.5), shape=(size, size, size))
    lattice = place(reference, whole(reference), grid)
    for origin, spacing, count in zip(lattice.origin_mm, (1.5, 2, 4), (20, 16, 12)):
        start = origin / spacing
        assert start == round(start)
        assert abs(start + (size - 1) / 2 - (count - 1) / 2) <= 0.5


def test_a_box_runs_forward():
    with pytest.raises(ValueError, match="a box ends before it starts"):
        Box(first=(0, 5, 0), last=(3, 4, 3))


def test_lies_on(reference):
    lattice = lattice_of(reference)
    assert lies_on(reference, lattice)
    shifted = sitk.Image(reference)
    shifted.SetOrigin((0, 0, 0.1))
    assert not lies_on(shifted, lattice)
    turned = sitk.Image(reference)
    turned.SetDirection((0, 1, 0, -1, 0, 0, 0, 0, 1))
    assert not lies_on(turned, lattice)
