"""Which gradients are one."""

import pytest

from pipelines.readers.diffusion.gradient import (
    Gradient,
    different,
    same_gradient,
)

NONE = Gradient(kind="none")


def towards(*vector):
    return Gradient(kind="directional", vector=vector)


X, Y = towards(1.0, 0.0, 0.0), towards(0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (X, towards(0.99985, 0.0175, 0.0), True),  # a degree
        (X, towards(0.99939, 0.0349, 0.0), False),
        (X, towards(-1.0, 0.0, 0.0), False),
        (X, NONE, False),
        (NONE, Gradient(kind="none"), True),
        (None, None, True),
    ],
)
def test_same_gradient(one, other, same):
    assert same_gradient(one, other) == same


def test_the_first_of_each():
    assert different([X, NONE, X, Y, None, NONE, None]) == [X, NONE, Y, None]
