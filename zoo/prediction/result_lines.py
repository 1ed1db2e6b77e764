"""Predictions of new studies as a table for the terminal."""

from collections.abc import Iterable, Sequence

from pipelines.terminal.table import align
from zoo.prediction import output_format
from zoo.prediction.result_file import Prediction
from zoo.targets.target_output import TargetOutput


def table(
    predictions: Iterable[Prediction],
    target_outputs: Sequence[TargetOutput],
    *,
    set_level: float | None = None,
) -> str:
    """A line for each prediction, under a line that names the columns.

    The terminal may see whose they are and what was wrong with private names.

    Args:
        set_level: coverage by the sets of classes; none = there are none.
    """
    predictions = [*predictions]
    ids = tuple(dict.fromkeys(name for each in predictions for name in each.ids))
    who = [("number", "name", *ids)]
    for each in predictions:
        own = (each.ids.get(name, "") for name in ids)
        who.append((str(each.number), each.name, *own))
    headings = _headings(target_outputs, set_level)
    answers = [headings]
    answers += [_answer(each, target_outputs, len(headings)) for each in predictions]
    lines = align([(*a, *b) for a, b in zip(who, answers)]).splitlines()
    starts = align(who).splitlines()
    room = max(map(len, starts))
    for place, each in enumerate(predictions, 1):
        if each.error is not None:
            lines[place] = f"{starts[place].ljust(room)}  failed: {each.error}"
    return "\n".join(lines)


def _headings(
    target_outputs: Sequence[TargetOutput], set_level: float | None
) -> tuple[str, ...]:
    return tuple(
        heading
        for target_output in target_outputs
        for heading in output_format.headings(target_output, set_level)
    )


def _answer(
    prediction: Prediction, target_outputs: Sequence[TargetOutput], cells: int
) -> tuple[str, ...]:
    """A cell for each heading; blank where there is no prediction."""
    if prediction.error is not None:
        return ("",) * cells
    return tuple(
        word
        for target_output in target_outputs
        for word in output_format.words(prediction.outputs, target_output)
    )
