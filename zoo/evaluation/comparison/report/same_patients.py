"""Several sources on the same patients: at one level, in one order."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.errors import DataError
from zoo.evaluation.comparison.paired import aligned
from zoo.evaluation.comparison.report.sources import Source
from zoo.evaluation.predictions.by_patient import by_patient, mixed_patients
from zoo.evaluation.predictions.predictions import Predictions, take

Level = Literal["patient", "sample"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SamePatients:
    """Sources whose predictions are of the same units in the same order.

    Args:
        sources: the first is the one that the others were put in the order of.
        level: whether a row is a patient (the mean of its samples) or a sample.
        left_out: by source, how many of its patients (samples) are not in all others.
        note: why the level is not the patient, where nobody asked for that; else "".
    """

    sources: tuple[Source, ...]
    level: Level
    left_out: dict[str, int]
    note: str = ""


def joined(
    sources: Sequence[Source], *, level: Level | None = None, common: bool = False
) -> SamePatients:
    """Puts sources on the same patients.

    By patient, their samples need not be the same: networks of different sequences
    are compared by what they say of a patient.

    Args:
        level: none = by patient, unless some patients have samples of different
            classes.
        common: whether those that are not in all sources are left out, else they are
            an error.

    Raises:
        DataError: other classes, another truth; patients (samples) that are not in all
            sources, with their counts; none is in all; by patient, a patient without
            one truth.
    """
    note = ""
    if level is None:
        level, note = _level(sources)
    first = sources[0].predictions
    repeats = [_views(source, first, level) for source in sources]
    ids = [set(views[0].sample_id) for views in repeats]
    shared = set.intersection(*ids)
    left_out = {s.name: len(own - shared) for s, own in zip(sources, ids)}
    _check_shared(sources, ids, shared, level, common)
    order = _only(repeats[0][0], shared)
    joined_sources = []
    for source, views in zip(sources, repeats):
        try:
            views = [aligned(order, _only(view, shared), "pooled") for view in views]
        except DataError as error:
            raise DataError(f"{sources[0].name} and {source.name}: {error}") from error
        joined_sources.append(_with(source, views))
    return SamePatients(
        sources=tuple(joined_sources),
        level=level,
        left_out=left_out,
        note=note,
    )


def _views(source: Source, first: Predictions, level: Level) -> list[Predictions]:
    """Each repeat of a source as the first source's target has it, at the level."""
    try:
        views = [
            of_the_same_target(repeat.predictions, first) for repeat in source.repeats
        ]
        return [by_patient(view) if level == "patient" else view for view in views]
    except DataError as error:
        raise DataError(f"{source.name}: {error}") from error


def _with(source: Source, views: Sequence[Predictions]) -> Source:
    """The source with other predictions of each repeat."""
    first, *further = (
        dataclasses.replace(repeat, predictions=view)
        for repeat, view in zip(source.repeats, views, strict=True)
    )
    return dataclasses.replace(first, further=tuple(further))


def _level(sources: Sequence[Source]) -> tuple[Level, str]:
    for source in sources:
        mixed = len(mixed_patients(source.predictions))
        if mixed:
            return "sample", (
                f"by sample, since {mixed} patient(s) of {source.name} have samples of "
                "different classes or numbers"
            )
    return "patient", ""


def _check_shared(
    sources: Sequence[Source],
    ids: Sequence[set[str]],
    shared: set[str],
    level: Level,
    common: bool,
) -> None:
    if not shared:
        counts = ", ".join(f"{s.name} {len(own)}" for s, own in zip(sources, ids))
        raise DataError(
            f"no {level} is in all sources, so there is nothing to compare. Received: "
            f"{counts} {level}s. Name runs on one data set, and by --split a split "
            "that they share"
        )
    if common or all(own == shared for own in ids):
        return
    counts = ", ".join(
        f"{len(own - shared)} of {len(own)} in {s.name}" for s, own in zip(sources, ids)
    )
    raise DataError(
        f"a paired comparison wants the same {level}s. Not in all sources: {counts}. "
        f"Add --common to compare on the {len(shared)} that are in all, or name runs "
        "on one data set and split"
    )


def _only(predictions: Predictions, shared: set[str]) -> Predictions:
    rows = [row for row, name in enumerate(predictions.sample_id) if name in shared]
    return take(predictions, rows)


def of_the_same_target(predictions: Predictions, first: Predictions) -> Predictions:
    """The predictions with their names in the order of the first.

    Classes with and without an order are the same classes: then the first's kind holds.

    Raises:
        DataError: other names, or another kind.
    """
    same_form = predictions.kind.single_label and first.kind.single_label
    alike = same_form or predictions.kind.name == first.kind.name
    if not alike or set(predictions.names) != set(first.names):
        raise DataError(
            "only predictions of one target can be compared. Received: "
            f"{', '.join(predictions.names)} beside {', '.join(first.names)}"
        )
    order = [predictions.names.index(name) for name in first.names]
    truth = predictions.truth[:, order] if not same_form else predictions.truth
    if same_form:
        place = {old: new for new, old in enumerate(order)}
        truth = predictions.truth.copy()
        truth[:, 0] = [place[index] for index in predictions.label]
    return dataclasses.replace(
        predictions,
        kind=first.kind,
        names=first.names,
        truth=truth,
        outputs={w: array[:, order] for w, array in predictions.outputs.items()},
    )
