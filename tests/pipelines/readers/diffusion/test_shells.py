"""Which b-values are one over several directions, and which never are."""

import pytest

from pipelines.readers.diffusion.gradient import Gradient
from pipelines.readers.diffusion.shells import same_shell, shells


def towards(*vector):
    return Gradient(kind="directional", vector=vector)


X, Y, Z = towards(1.0, 0.0, 0.0), towards(0.0, 1.0, 0.0), towards(0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1000, 1050, True),
        (1000, 1051, False),
        (2980, 3010, True),
        (800, 1000, False),
        (10, 12, False),
        (0, 1, False),
    ],
)
def test_same_shell(one, other, same):
    assert same_shell(one, other) == same
    assert same_shell(other, one) == same


@pytest.mark.parametrize(
    ("b_values", "gradients", "parts"),
    [
        ((0, 995, 1000, 1005), ((None,), (X,), (Y, Y), (Z,)), [[0], [1, 2, 3]]),
        ((995, 1000), ((X,), (Y, X)), [[0], [1]]),
        ((995, 1000), ((X,), (None,)), [[0], [1]]),
        ((1000, 1049, 1051), ((X,), (Y,), (Z,)), [[0, 1], [2]]),
        ((0, 2), ((X,), (Y,)), [[0], [1]]),
        ((), (), []),
    ],
)
def test_shells(b_values, gradients, parts):
    assert shells(b_values, gradients) == parts
