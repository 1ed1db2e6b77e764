"""Which gradients are one, and which span space."""

import pytest

from pipelines.readers.diffusion.gradient import (
    Gradient,
    different,
    same_gradient,
    span_space,
)

NONE = Gradient(kind="none")


def towards(*vector):
    return Gradient(kind="directional", vector=vector)


X, Y, Z = towards(1.0, 0.0, 0.0), towards(0.0, 1.0, 0.0), towards(0.0, 0.0, 1.0)


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


@pytest.mark.parametrize(
    ("gradients", "spanned"),
    [
        ((X, Y, Z), True),
        ((X, Y, towards(3.0, 4.0, 0.0)), False),
        ((X, Y, towards(0.7, 0.7, 0.05)), False),  # 3 degrees off the plane
        ((towards(900.0, 0.0, 0.0), Y, Z), True),  # of any length
        ((Gradient(kind="directional", number=1),) * 3, True),
    ],
)
def test_span_space(gradients, spanned):
    assert span_space(gradients) == spanned
