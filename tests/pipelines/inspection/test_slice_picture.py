import numpy as np

from pipelines.inspection import slice_picture
from pipelines.inspection.slice_picture import marks_of

_AXIAL = np.diag([5.0, 1.0, 1.0, 1.0])[[2, 1, 0, 3]]  # d -> z, h -> y, w -> x


def test_marks_of_the_three_planes():
    assert marks_of(_AXIAL) == ("A", "P", "R", "L")
    sagittal = np.zeros((4, 4))
    sagittal[0, 0], sagittal[2, 1], sagittal[1, 2] = 4, -1, 1  # left, inferior, back
    assert marks_of(sagittal) == ("S", "I", "A", "P")
    coronal = np.zeros((4, 4))
    coronal[1, 0], coronal[2, 1], coronal[0, 2] = 4, -1, 1  # back, inferior, left
    assert marks_of(coronal) == ("S", "I", "R", "L")


def test_marks_follow_a_flip_and_an_oblique_grid():
    flipped = _AXIAL.copy()
    flipped[0, 2] = -1
    assert marks_of(flipped) == ("A", "P", "L", "R")
    angle = np.radians(20)
    oblique = np.zeros((4, 4))
    oblique[:2, 1] = -np.sin(angle), np.cos(angle)
    oblique[:2, 2] = np.cos(angle), np.sin(angle)
    assert marks_of(oblique) == ("A", "P", "R", "L")


def test_slices_are_evenly_spaced_without_the_ends():
    assert slice_picture.places(9, 2).tolist() == [3, 5]
    assert slice_picture.places(2, 6).tolist() == [0, 1]
