"""What is answered of one sample, as cells, as JSON and as words."""

from collections.abc import Mapping

import numpy as np

from zoo.targets.target_output import TargetOutput

Outputs = Mapping[str, np.ndarray]  # as `zoo.prediction.last_stage.answer` names them


def columns(target_output: TargetOutput) -> list[str]:
    """Names of the cells of a target; of a further target with `<name>.` before.

    Of classes `class` and `prob:<class>`, of labels `prob:<label>`, of numbers
    `pred:<column>`.
    """
    start = f"{target_output.target.name}." if target_output.target.name else ""
    word = target_output.kind.shown
    first = ["class"] if target_output.kind.single_label else []
    values = [f"{word}:{name}" for name in target_output.names]
    return [start + column for column in (*first, *values)]


def cells(outputs: Outputs, target_output: TargetOutput) -> list[str]:
    """One for each of the `columns`; nine digits, enough for float32."""
    single = target_output.kind.single_label
    first = [_class(outputs, target_output)] if single else []
    return [*first, *(f"{value:.9g}" for value in _values(outputs, target_output))]


def fields(outputs: Outputs, target_output: TargetOutput) -> dict:
    """For JSON: `class` and `probabilities`, or `predictions`, by their names."""
    kind = target_output.kind
    first = {"class": _class(outputs, target_output)} if kind.single_label else {}
    values = zip(target_output.names, _values(outputs, target_output))
    rounded = {name: float(f"{value:.9g}") for name, value in values}
    return {**first, kind.outputs[kind.shown]: rounded}


def headings(target_output: TargetOutput) -> list[str]:
    """For the terminal: what stands above the `words`."""
    kind = target_output.kind
    start = f"{target_output.target.name} " if target_output.target.name else ""
    shown = start + kind.outputs[kind.shown]
    return [f"{start}class", shown] if kind.single_label else [shown]


def words(outputs: Outputs, target_output: TargetOutput) -> list[str]:
    """For the terminal: the class, and what stands behind it."""
    kind = target_output.kind
    values = zip(target_output.names, _values(outputs, target_output))
    text = ", ".join(f"{name} {value:{kind.digits}}" for name, value in values)
    start = f"{target_output.target.name}: " if target_output.target.name else ""
    if kind.single_label:
        return [start + _class(outputs, target_output), text]
    return [start + text]


def _values(outputs: Outputs, target_output: TargetOutput) -> np.ndarray:
    return outputs[target_output.shown_output]


def _class(outputs: Outputs, target_output: TargetOutput) -> str:
    """As the last stage decided; a server answers with bytes."""
    label = np.asarray(outputs[f"label{target_output.suffix}"]).item()
    return label.decode() if isinstance(label, bytes) else label
