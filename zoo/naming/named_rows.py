"""The series of a scan as rows: what the network says, and what the rules say."""

from collections.abc import Iterable, Iterator

import numpy as np

from pipelines.ingestion.new_study import NewStudy
from pipelines.tasks.task import Task
from zoo.naming.header_rule import rule_of
from zoo.naming.series_row import UNKNOWN, SeriesRow
from zoo.prediction import staged_answer
from zoo.prediction.output_format import Outputs
from zoo.prediction.predictor import Predictor
from zoo.prediction.result_file import Prediction
from zoo.prediction.run_predictions import predicted


def named_rows(
    found: Iterable[NewStudy], predictor: Predictor, *, least_probability: float | None
) -> Iterator[SeriesRow]:
    """A row for each series, whatever it is; a bad one has its reason.

    Args:
        found: with the unit `series`.
        least_probability: below which a series is `unknown`; none = the reject rule of
            the run alone decides.
    """
    for study in found:
        (prediction,) = predicted([study.make()], predictor)
        yield _row(study, prediction, predictor.run.task, least_probability)


def _row(
    study: NewStudy, prediction: Prediction, task: Task, least: float | None
) -> SeriesRow:
    series, ids = study.series, study.ids
    about = {
        "series_id": ids.get("series_id", ""),
        "study_id": ids["study_id"],
        "patient_id": ids["patient_id"],
        "rule": rule_of(series[0], task) if series else "",
        "images": sum(len(one.frames) for one in series),
        "files": tuple(sorted({path for one in series for path in one.paths})),
    }
    if prediction.outputs is None:
        row = SeriesRow(**about, sequence="", error=prediction.error)
        return row if row.is_fault else SeriesRow(**_as_unknown(row))
    sequence, probability = sequence_of(prediction.outputs, task.target.classes, least)
    return SeriesRow(**about, sequence=sequence, probability=probability)


def _as_unknown(row: SeriesRow) -> dict:
    """A series that the task's criteria leave out is nothing that it names."""
    return vars(row) | {"sequence": UNKNOWN}


def sequence_of(
    outputs: Outputs, classes: tuple[str, ...], least: float | None
) -> tuple[str, float]:
    """The class, or `unknown`, and the probability of the most probable class."""
    probabilities = np.asarray(outputs["probabilities"])
    best = int(np.argmax(probabilities))
    probability = float(probabilities[best])
    rejected = bool(outputs.get(staged_answer.IS_UNKNOWN, False))
    if rejected or (least is not None and probability < least):
        return UNKNOWN, probability
    label = np.asarray(outputs["label"]).item()
    return (label.decode() if isinstance(label, bytes) else str(label)), probability
