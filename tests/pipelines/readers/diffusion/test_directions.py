"""Which gradient directions span space."""

import pytest

from pipelines.readers.diffusion.directions import span_space
from pipelines.readers.diffusion.gradient import Gradient


def towards(*vector):
    return Gradient(kind="directional", vector=vector)


X, Y, Z = towards(1.0, 0.0, 0.0), towards(0.0, 1.0, 0.0), towards(0.0, 0.0, 1.0)


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
