"""The outputs of a model to one sample, as cells, as JSON and as words."""

from collections.abc import Mapping

import numpy as np

from zoo.targets.target_output import Aim

Outputs = Mapping[str, np.ndarray]


def columns(aim: Aim) -> list[str]:
    """Names of the cells of an aim; of a further target with `<name>.` before.

    Of classes `class` and `prob:<class>`, of labels `prob:<label>`, of numbers
    `pred:<column>`.
    """
    start = f"{aim.target.name}." if aim.target.name else ""
    kind = "pred" if aim.kind == "regression" else "prob"
    first = ["class"] if aim.target.excludes else []
    return [start + name for name in (*first, *(f"{kind}:{n}" for n in aim.names))]


def cells(outputs: Outputs, aim: Aim) -> list[str]:
    """One for each of the `columns`; nine digits, enough for float32."""
    first = [_class(outputs, aim)] if aim.target.excludes else []
    return [*first, *(f"{value:.9g}" for value in _values(outputs, aim))]


def fields(outputs: Outputs, aim: Aim) -> dict:
    """For JSON: `class` and `probabilities`, or `predictions`, by their names."""
    kind = "predictions" if aim.kind == "regression" else "probabilities"
    values = zip(aim.names, _values(outputs, aim))
    found = {kind: {name: float(f"{value:.9g}") for name, value in values}}
    return {"class": _class(outputs, aim), **found} if aim.target.excludes else found


def words(outputs: Outputs, aim: Aim) -> list[str]:
    """For the terminal: the class, and what stands behind it."""
    digits = ".4g" if aim.kind == "regression" else ".3f"
    values = zip(aim.names, _values(outputs, aim))
    text = ", ".join(f"{name} {value:{digits}}" for name, value in values)
    start = f"{aim.target.name}: " if aim.target.name else ""
    if aim.target.excludes:
        return [start + _class(outputs, aim), text]
    return [start + text]


def _values(outputs: Outputs, aim: Aim) -> np.ndarray:
    name = "predictions" if aim.kind == "regression" else "probabilities"
    return outputs[name + aim.suffix]


def _class(outputs: Outputs, aim: Aim) -> str:
    """The most probable one; of equal ones the first."""
    return aim.names[int(np.argmax(_values(outputs, aim)))]
