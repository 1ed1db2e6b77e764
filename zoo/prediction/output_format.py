"""What is answered of one sample, as cells, as JSON and as words."""

from collections.abc import Mapping

import numpy as np

from zoo.prediction import staged_answer
from zoo.targets.target_output import TargetOutput

Outputs = Mapping[str, np.ndarray]  # as `zoo.prediction.last_stage.answer` names them


UNKNOWN = "unknown"  # in the place of the class
NO_CLASS = "(none)"  # in the place of those of an empty set


def columns(
    target_output: TargetOutput, *, staged: bool = False, sets: bool = False
) -> list[str]:
    """Names of the cells of a target; of a further target with `<name>.` before.

    Of classes `class` and `prob:<class>`, of labels `prob:<label>`, of numbers
    `pred:<column>`. With a last stage the main target also has
    `prob_uncalibrated:<class>`, `score` and `is_unknown`; with sets `in_set:<class>`,
    a column each, for a spreadsheet filters, counts and adds up columns of 1 and 0,
    which it can't do with names in one cell.

    Args:
        staged: whether the main target's answers went through a last stage.
        sets: whether that has sets of classes.
    """
    start = f"{target_output.target.name}." if target_output.target.name else ""
    word = target_output.kind.shown
    first = ["class"] if target_output.kind.single_label else []
    values = [f"{word}:{name}" for name in target_output.names]
    if staged and not target_output.target.name:
        values += [f"{word}_uncalibrated:{name}" for name in target_output.names]
        values += [staged_answer.SCORE, staged_answer.IS_UNKNOWN]
        if sets:
            values += [f"in_set:{name}" for name in target_output.names]
    return [start + column for column in (*first, *values)]


def cells(outputs: Outputs, target_output: TargetOutput) -> list[str]:
    """One for each of the `columns`; nine digits, enough for float32."""
    single = target_output.kind.single_label
    first = [_class(outputs, target_output)] if single else []
    numbers = [*_values(outputs, target_output)]
    last = []
    if _is_staged(outputs, target_output):
        numbers += [*outputs[staged_answer.UNCALIBRATED], outputs[staged_answer.SCORE]]
        inside = outputs.get(staged_answer.PREDICTION_SET, ())
        last = [str(int(it)) for it in (outputs[staged_answer.IS_UNKNOWN], *inside)]
    return [*first, *(f"{value:.9g}" for value in numbers), *last]


def fields(outputs: Outputs, target_output: TargetOutput) -> dict:
    """For JSON: `class` and `probabilities`, or `predictions`, by their names.

    With a last stage also `probabilities_uncalibrated`, `score` and `is_unknown`, with
    sets `prediction_set`, the names of its classes.
    """
    kind = target_output.kind
    first = {"class": _class(outputs, target_output)} if kind.single_label else {}
    shown = {kind.outputs[kind.shown]: _rounded(outputs, target_output)}
    if _is_staged(outputs, target_output):
        before = zip(target_output.names, outputs[staged_answer.UNCALIBRATED])
        shown[staged_answer.UNCALIBRATED] = {n: _nine_digits(v) for n, v in before}
        shown[staged_answer.SCORE] = _nine_digits(outputs[staged_answer.SCORE])
        shown[staged_answer.IS_UNKNOWN] = bool(outputs[staged_answer.IS_UNKNOWN])
    inside = prediction_set(outputs, target_output)
    if inside is not None:
        shown[staged_answer.PREDICTION_SET] = inside
    return {**first, **shown}


def prediction_set(outputs: Outputs, target_output: TargetOutput) -> list[str] | None:
    """The classes in the set of a main target with a last stage that has sets."""
    if not _is_staged(outputs, target_output):
        return None
    inside = outputs.get(staged_answer.PREDICTION_SET)
    if inside is None:
        return None
    return [name for name, is_in in zip(target_output.names, inside) if is_in]


def headings(target_output: TargetOutput, set_level: float | None = None) -> list[str]:
    """For the terminal: what stands above the `words`.

    Args:
        set_level: coverage by the sets of classes; none = there are none.
    """
    kind = target_output.kind
    start = f"{target_output.target.name} " if target_output.target.name else ""
    shown = start + kind.outputs[kind.shown]
    if not kind.single_label:
        return [shown]
    with_sets = set_level is not None and not target_output.target.name
    sets = [f"set ({100 * set_level:g} %)"] if with_sets else []
    return [f"{start}class", *sets, shown]


def words(outputs: Outputs, target_output: TargetOutput) -> list[str]:
    """For the terminal: the class, its set where there are sets, and the numbers."""
    kind = target_output.kind
    values = zip(target_output.names, _values(outputs, target_output))
    text = ", ".join(f"{name} {value:{kind.digits}}" for name, value in values)
    start = f"{target_output.target.name}: " if target_output.target.name else ""
    if kind.single_label:
        inside = prediction_set(outputs, target_output)
        sets = [] if inside is None else [", ".join(inside) or NO_CLASS]
        return [start + _class(outputs, target_output), *sets, text]
    return [start + text]


def _rounded(outputs: Outputs, target_output: TargetOutput) -> dict[str, float]:
    values = zip(target_output.names, _values(outputs, target_output))
    return {name: _nine_digits(value) for name, value in values}


def _nine_digits(value: float) -> float:
    return float(f"{value:.9g}")


def _is_staged(outputs: Outputs, target_output: TargetOutput) -> bool:
    return not target_output.target.name and staged_answer.is_staged(outputs)


def _values(outputs: Outputs, target_output: TargetOutput) -> np.ndarray:
    return outputs[target_output.shown_output]


def _class(outputs: Outputs, target_output: TargetOutput) -> str:
    """As the last stage decided; a server answers with bytes."""
    if _is_staged(outputs, target_output) and outputs[staged_answer.IS_UNKNOWN]:
        return UNKNOWN
    label = np.asarray(outputs[f"label{target_output.suffix}"]).item()
    return label.decode() if isinstance(label, bytes) else label
