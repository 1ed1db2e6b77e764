"""Predictions that are on disk, before and after the last stage."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.calibration.scaling import log_probabilities
from zoo.evaluation.last_stage.sample_outputs import outputs_of
from zoo.evaluation.last_stage.stage import Answer, LastStage, answer, decide
from zoo.evaluation.predictions import average, by_patient
from zoo.evaluation.predictions.predictions import Predictions, join, take
from zoo.runs.run import Run


@dataclass(frozen=True, kw_only=True, eq=False)
class StagedPredictions:
    """N samples, or patients, with what the last stage makes of them.

    Args:
        before: as the networks predict.
        after: the same rows with calibrated probabilities.
        event: whether each class belongs to the operating point's event, bool `[K]`;
            none = no operating point.
        threshold: of the event's probability, `[N]`; none = no operating point.
        score: how known a sample looks, `[N]`; see `stage.Answer`.
        is_unknown: bool `[N]`.
        sets: whether each class is in each sample's set, bool `[N, K]`; none = the
            stage has none, or rows are patients.
    """

    before: Predictions
    after: Predictions
    event: np.ndarray | None
    threshold: np.ndarray | None
    score: np.ndarray
    is_unknown: np.ndarray
    sets: np.ndarray | None = None

    @property
    def label(self) -> np.ndarray:
        """Class index that is answered, int `[N]`."""
        return decide(self.after.probabilities, self.event, self.threshold)


def of_run(run: Run, stage: LastStage, predictions: Predictions) -> StagedPredictions:
    """The run's predictions through its stage."""
    outputs = outputs_of(run, predictions, stage.needs)
    return _staged(predictions, answer([stage], [outputs], [1.0]), stage)


def mean_of_runs(
    runs: Sequence[Run], stages: Sequence[LastStage], parts: Sequence[Predictions]
) -> StagedPredictions:
    """Of several runs that predict the same samples what they answer together.

    Raises:
        DataError: other samples, another truth, or stages that are not alike.
    """
    before = average.mean(parts)
    each = []
    for run, stage, part in zip(runs, stages, parts, strict=True):
        row = {sample: number for number, sample in enumerate(part.sample_id)}
        same = take(part, [row[sample] for sample in before.sample_id])
        each.append(outputs_of(run, same, stage.needs))
    answered = answer(stages, each, [1.0] * len(runs))
    return _staged(before, answered, stages[0])


def joined(parts: Sequence[StagedPredictions]) -> StagedPredictions:
    """One after the other, each decided by its own stage."""

    def together(values_of: Callable[[StagedPredictions], np.ndarray]) -> np.ndarray:
        return np.concatenate([values_of(part) for part in parts])

    first = parts[0]
    return StagedPredictions(
        before=join([part.before for part in parts]),
        after=join([part.after for part in parts]),
        event=first.event,
        threshold=None if first.event is None else together(lambda p: p.threshold),
        score=together(lambda p: p.score),
        is_unknown=together(lambda p: p.is_unknown),
        sets=None if first.sets is None else together(lambda p: p.sets),
    )


def at_level(staged: StagedPredictions, level: str) -> StagedPredictions:
    """By `"sample"`, or by `"patient"`: the means of a patient's samples.

    A patient is unknown where half of the samples or more are. All samples of a patient
    have one threshold, since they stand in one fold. Patients whose samples are of
    several classes are left out by patient.
    """
    if level == "sample":
        return staged
    staged = _unmixed(staged)
    index = by_patient.patient_index(staged.before)
    count = np.bincount(index)
    _, first = np.unique(index, return_index=True)

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(index, weights=values) / count

    return StagedPredictions(
        before=by_patient.by_patient(staged.before),
        after=by_patient.by_patient(staged.after),
        event=staged.event,
        threshold=None if staged.threshold is None else staged.threshold[first],
        score=mean(staged.score),
        is_unknown=mean(staged.is_unknown) >= 0.5,
    )


def _unmixed(staged: StagedPredictions) -> StagedPredictions:
    mixed = {*by_patient.mixed_patients(staged.before)}
    if not mixed:
        return staged
    patients = staged.before.patient_id
    rows = np.array([i for i, patient in enumerate(patients) if patient not in mixed])
    threshold = staged.threshold
    return StagedPredictions(
        before=take(staged.before, rows),
        after=take(staged.after, rows),
        event=staged.event,
        threshold=None if threshold is None else threshold[rows],
        score=staged.score[rows],
        is_unknown=staged.is_unknown[rows],
    )


def _staged(
    before: Predictions, answered: Answer, stage: LastStage
) -> StagedPredictions:
    after = dataclasses.replace(
        before,
        outputs={
            "prob": answered.probabilities,
            "logit": log_probabilities(answered.probabilities),
        },
    )
    return StagedPredictions(
        before=before,
        after=after,
        event=stage.event,
        threshold=answered.threshold,
        score=answered.score,
        is_unknown=answered.is_unknown,
        sets=answered.sets,
    )
