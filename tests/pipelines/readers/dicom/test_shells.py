"""Images of one shell become one b-value, and others stay."""

import dataclasses

import pytest

from pipelines.readers.dicom.shells import joined
from pipelines.readers.diffusion.gradient import Gradient
from tests.pipelines.readers.dicom.test_split_series import images, parts

ISOTROPIC = Gradient(kind="isotropic")


def towards(*vector):
    return Gradient(kind="directional", vector=vector)


X, Y, Z = towards(1.0, 0.0, 0.0), towards(0.0, 1.0, 0.0), towards(0.0, 0.0, 1.0)


def weighted(*pairs):
    """Three slices of each b-value with its gradient."""
    return [images(b_value=float(b), gradient=one) for b, one in pairs]


def test_one_shell_goes_by_its_median():
    (shell,) = joined(weighted((995, X), (1000, Y), (1005, Z)))
    assert len(shell) == 9
    assert {frame.b_value for _, frame in shell} == {1000.0}


def test_a_series_is_split_by_shells():
    groups = weighted(
        (0, Gradient(kind="none")),
        *((995, X), (1000, Y), (1000, ISOTROPIC), (1005, Z)),
        *((1985, X), (2005, Y)),
    )
    assert parts([member for group in groups for member in group]) == {
        "b=0": 3,
        "b=1000,dir=1": 3,
        "b=1000,dir=2": 3,
        "b=1000,dir=3": 3,
        "b=1000,dir=trace": 3,
        "b=1995,dir=1": 3,
        "b=1995,dir=2": 3,
    }


@pytest.mark.parametrize(
    "pairs",
    [
        [(1000, X), (1040, X)],  # asked for, in one direction
        [(1000, ISOTROPIC), (1040, ISOTROPIC)],
        [(1000, X), (1040, None)],
        [(1000, X), (1100, Y)],
        [(10, X), (12, Y)],
        [(0, Gradient(kind="none")), (2, X)],
    ],
)
def test_what_is_asked_for_as_two_stays_two(pairs):
    groups = weighted(*pairs)
    assert joined(groups) == groups


def test_images_without_a_b_value_come_first_and_stay():
    plain = images()
    shells = joined([plain, *weighted((995, X), (1005, Y))])
    assert shells[0] == plain
    assert [len(shell) for shell in shells] == [3, 6]


def test_other_facts_of_the_images_stay():
    (shell,) = joined(weighted((995, X), (1005, Y)))
    before = [m for g in weighted((995, X), (1005, Y)) for m in g]
    assert [frame for _, frame in shell] == [
        dataclasses.replace(frame, b_value=1000.0) for _, frame in before
    ]
