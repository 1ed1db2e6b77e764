"""Last layers of a head: from its features to the numbers of one target.

What the numbers mean is told in `zoo.targets.output_activations`; they are called
logits, or of a regression, whose are standardised values, simply numbers.

The layers see the covariates beside the features. Their kernel over the covariates
stands as a layer of its own and begins at zero: the network begins as one without
covariates, and what never varied in training (a level that nobody has, a value that
nobody lacks) never counts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

_UNIT_STEP = math.log(math.e - 1)  # its softplus is 1


def dense(
    x: keras.KerasTensor,
    clinical: keras.KerasTensor | None,
    size: int,
    seed: int,
    name: str,
) -> keras.KerasTensor:
    """Features `[B, F]` and covariates `[B, E]`, if any, to `[B, size]`.

    Args:
        name: of the layer over the features; others are named after it.
    """
    import keras

    from zoo.architectures.initialisation import glorot

    x = keras.layers.Dense(
        size, kernel_initializer=glorot(seed, name), dtype="float32", name=name
    )(x)
    if clinical is None:
        return x
    share = keras.layers.Dense(
        size,
        use_bias=False,
        kernel_initializer="zeros",
        dtype="float32",
        name=f"covariates_{name}",
    )(clinical)
    return keras.layers.Add(dtype="float32", name=f"sum_{name}")([x, share])


def falling_steps(
    x: keras.KerasTensor,
    clinical: keras.KerasTensor | None,
    size: int,
    seed: int,
    name: str,
) -> keras.KerasTensor:
    """One score, and a falling row of thresholds added to it; arguments as of `dense`.

    CORAL (Cao, Mirjalili and Raschka, Pattern Recognition Letters 140, 2020): the
    chances of a class above the first, above the second, ... share all weights and
    differ by their biases. Here each bias lies below the one before by the softplus of
    a weight, so the chances fall at every moment of training, not at its end alone.
    They begin evenly about zero, a unit apart.
    """
    from keras import ops

    steps = size - 1
    score = dense(x, clinical, 1, seed, name)
    ones = ops.ones_like(score)
    first = _constants(1, steps / 2, f"first_{name}")(ones)
    if not steps:
        return score + first
    falls = ops.softplus(_constants(steps, _UNIT_STEP, f"steps_{name}")(ones))
    biases = [first, first - ops.cumsum(falls, axis=1)]
    return score + ops.concatenate(biases, axis=1)


def _constants(size: int, value: float, name: str) -> keras.layers.Layer:
    """Trained numbers: the kernel over an input that is always 1."""
    import keras

    return keras.layers.Dense(
        size,
        use_bias=False,
        kernel_initializer=keras.initializers.Constant(value),
        dtype="float32",
        name=name,
    )
