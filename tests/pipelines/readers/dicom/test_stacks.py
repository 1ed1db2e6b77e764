"""Even stacks, and parts that lack what others have."""

import dataclasses

import pytest

from pipelines.readers.dicom.headers import Frame
from pipelines.readers.dicom.stacks import is_even_stack, lacks

AXIAL, CORONAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def stack(*places_mm, **facts):
    stated = {"rows": 4, "orientation": AXIAL, **facts}
    frame = Frame(path="", columns=4, **stated)
    return tuple(
        dataclasses.replace(frame, position_mm=(0.0, 0.0, float(z))) for z in places_mm
    )


@pytest.mark.parametrize(
    ("frames", "wanted"),
    [
        (stack(4, 0, 2), True),
        (stack(0, 2), False),  # two are always even
        (stack(0, 2, 6), False),
        (stack(0, 2, 2, 4), False),
        (stack(0, 2.02, 4), True),
        (stack(0, 2) + stack(4, rows=5), False),
        (stack(0, 2) + stack(4, orientation=CORONAL), False),
        (stack(0, 2) + stack(4, orientation=None), False),
    ],
)
def test_is_even_stack(frames, wanted):
    assert is_even_stack(frames) is wanted


WHOLE = stack(*range(0, 40, 2))


@pytest.mark.parametrize(
    ("frames", "others", "wanted"),
    [
        (WHOLE[:16], WHOLE, True),
        (WHOLE[3:], WHOLE, True),
        (WHOLE[::2], WHOLE, True),
        (WHOLE[5:6], WHOLE, True),
        (WHOLE, WHOLE[:16], False),
        (WHOLE, WHOLE, False),
        (WHOLE[::2], WHOLE[1::2], True),
        (WHOLE[:9], WHOLE[9:], True),
        (WHOLE[:9], WHOLE[4:], False),  # two stacks that overlap
        (stack(0.05, 2.05, 4.05), WHOLE, True),
        (stack(1, 5, 9), WHOLE, False),
        (WHOLE[:4], stack(*range(0, 40, 2), rows=5), False),
        (stack(0, orientation=CORONAL), WHOLE, False),
        (stack(0), stack(2), False),
    ],
)
def test_lacks(frames, others, wanted):
    assert lacks(frames, others) is wanted
