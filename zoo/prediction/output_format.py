"""The outputs of a model to one sample, as cells, as JSON and as words."""

from collections.abc import Mapping

import numpy as np

from zoo.targets.target_output import TargetOutput

Outputs = Mapping[str, np.ndarray]


def columns(target_output: TargetOutput) -> list[str]:
    """Names of the cells of a target; of a further target with `<name>.` before.

    Of classes `class` and `prob:<class>`, of labels `prob:<label>`, of numbers
    `pred:<column>`.
    """
    start = f"{target_output.target.name}." if target_output.target.name else ""
    kind = "pred" if target_output.kind == "regression" else "prob"
    first = ["class"] if target_output.target.is_single_label else []
    return [
        start + name for name in (*first, *(f"{kind}:{n}" for n in target_output.names))
    ]


def cells(outputs: Outputs, target_output: TargetOutput) -> list[str]:
    """One for each of the `columns`; nine digits, enough for float32."""
    first = (
        [_class(outputs, target_output)] if target_output.target.is_single_label else []
    )
    return [*first, *(f"{value:.9g}" for value in _values(outputs, target_output))]


def fields(outputs: Outputs, target_output: TargetOutput) -> dict:
    """For JSON: `class` and `probabilities`, or `predictions`, by their names."""
    kind = "predictions" if target_output.kind == "regression" else "probabilities"
    values = zip(target_output.names, _values(outputs, target_output))
    numbers = {kind: {name: float(f"{value:.9g}") for name, value in values}}
    return (
        {"class": _class(outputs, target_output), **numbers}
        if target_output.target.is_single_label
        else numbers
    )


def words(outputs: Outputs, target_output: TargetOutput) -> list[str]:
    """For the terminal: the class, and what stands behind it."""
    digits = ".4g" if target_output.kind == "regression" else ".3f"
    values = zip(target_output.names, _values(outputs, target_output))
    text = ", ".join(f"{name} {value:{digits}}" for name, value in values)
    start = f"{target_output.target.name}: " if target_output.target.name else ""
    if target_output.target.is_single_label:
        return [start + _class(outputs, target_output), text]
    return [start + text]


def _values(outputs: Outputs, target_output: TargetOutput) -> np.ndarray:
    name = "predictions" if target_output.kind == "regression" else "probabilities"
    return outputs[name + target_output.suffix]


def _class(outputs: Outputs, target_output: TargetOutput) -> str:
    """The most probable one; of equal ones the first."""
    return target_output.names[int(np.argmax(_values(outputs, target_output)))]
