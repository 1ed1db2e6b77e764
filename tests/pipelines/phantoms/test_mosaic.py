import numpy as np

from pipelines.phantoms import mosaic
from tests.pipelines.phantoms.diffusion_patients import patient_of


def test_slices_lie_row_by_row_in_the_smallest_square():
    slices = np.arange(5 * 2 * 3).reshape(5, 2, 3)
    whole = mosaic.tiled(slices)
    assert whole.shape == (6, 9)
    assert np.array_equal(whole[:2, 6:], slices[2])
    assert np.array_equal(whole[2:4, 3:6], slices[4])
    assert not whole[4:].any()


def test_the_position_is_that_of_a_picture_around_the_centre_of_slice_0():
    stack = patient_of("siemens").series[0].parts[0].stack
    (depth, rows, columns), steps = stack.shape, stack.steps_mm
    across = int(np.ceil(depth**0.5))
    corner = np.array(mosaic.position_mm(stack))
    middle = corner + steps[1] * (across * rows - 1) / 2
    middle = middle + steps[2] * (across * columns - 1) / 2
    centre = np.array(stack.position_mm(0)) + steps[1] * (rows - 1) / 2
    assert np.allclose(middle, centre + steps[2] * (columns - 1) / 2)
