"""Gives weights their arrays: every one, in its shape, or none."""

from collections.abc import Mapping

import keras
import numpy as np

from pipelines.errors import DataError

_SHOWN = 6  # differences listed in an error


def by_name(model: keras.Model) -> dict[str, keras.Variable]:
    """Every weight of a model's layers by `<layer>/<weight>`.

    Raises:
        ValueError: two weights of one layer have the same name.
    """
    named = [
        (f"{layer.name}/{variable.name}", variable)
        for layer in model.layers
        for variable in layer.weights
    ]
    variables = dict(named)
    if len(variables) < len(named):
        twice = sorted(
            {name for name, variable in named if variables[name] is not variable}
        )
        raise ValueError(f"weights of {model.name} share a name. Received: {twice}")
    return variables


def assign(
    weights: Mapping[str, keras.Variable],
    arrays: Mapping[str, np.ndarray],
    origin: str,
) -> None:
    """Gives every weight its array; each must have the other, in the same shape.

    Args:
        origin: where the arrays come from, for the error.

    Raises:
        DataError: they differ; the message lists how, and no weight was changed.
    """
    differences = [
        f"{name}: shape {arrays[name].shape}, network {tuple(weights[name].shape)}"
        for name in sorted(weights.keys() & arrays.keys())
        if arrays[name].shape != tuple(weights[name].shape)
    ]
    differences += [
        f"{n}: not in the file" for n in sorted(weights.keys() - arrays.keys())
    ]
    differences += [
        f"{n}: not in the network" for n in sorted(arrays.keys() - weights.keys())
    ]
    if differences:
        more = len(differences) - _SHOWN
        listed = "; ".join(differences[:_SHOWN])
        raise DataError(
            f"{origin} does not fit the network: {listed}"
            + (f"; and {more} more" if more > 0 else "")
            + ". Take the weights of this very architecture"
        )
    for name, variable in weights.items():
        variable.assign(arrays[name].astype("float32"))
