"""From samples to patients: whose samples they are, and one prediction per patient."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.predictions.predictions import (
    SPLITS,
    Predictions,
    of_split,
    take,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Levels:
    """The same predictions by sample and by patient.

    Args:
        sample: as they are.
        patient: see `by_patient`, without the mixed ones; none where half of the
            patients or more are mixed.
        mixed: patients whose samples differ in the truth.
    """

    sample: Predictions
    patient: Predictions | None
    mixed: tuple[str, ...] = ()

    def at(self, level: str) -> Predictions:
        """The predictions by `"patient"` or by `"sample"`."""
        return {"patient": self.patient, "sample": self.sample}[level]


def levels(predictions: Predictions) -> Levels:
    """Both levels of predictions.

    A few patients whose samples contradict each other are left out by patient. Where
    they are half or more, a sample has a truth of its own, as a series among others,
    and a patient has none.
    """
    mixed = mixed_patients(predictions)
    if 2 * len(mixed) >= len(set(predictions.patient_id)) and mixed:
        return Levels(sample=predictions, patient=None, mixed=mixed)
    left = set(mixed)
    rows = [row for row, p in enumerate(predictions.patient_id) if p not in left]
    agreeing = take(predictions, rows) if mixed else predictions
    return Levels(sample=predictions, patient=by_patient(agreeing), mixed=mixed)


def levels_by_split(predictions: Predictions) -> dict[str, Levels]:
    """Both levels of every split that there is, in the order of `SPLITS`.

    Raises:
        DataError: a patient stands in two splits.
    """
    check_no_leak(predictions)
    return {
        split: levels(of_split(predictions, split))
        for split in SPLITS
        if split in predictions.split
    }


def patient_index(predictions: Predictions) -> np.ndarray:
    """Number of each sample's patient, `[N]`, by ascending patient_id."""
    return np.unique(np.array(predictions.patient_id), return_inverse=True)[1]


def mixed_patients(predictions: Predictions) -> tuple[str, ...]:
    """Patients whose samples are known to differ in their class or in some column."""
    lowest = _truth_by_patient(predictions, np.fmin)
    highest = _truth_by_patient(predictions, np.fmax)
    patients = np.unique(np.array(predictions.patient_id))
    differ = (lowest < highest).any(axis=1)  # NaN differs from nothing
    return tuple(patients[differ].tolist())


def by_patient(predictions: Predictions) -> Predictions:
    """One row per patient: the mean of its samples' probabilities or numbers.

    The logits are those of the mean. The truth is what any of the samples knows of it.
    A further column keeps what those of the patient's samples that have it agree in.
    Rows come by ascending patient_id, which is also the sample_id.

    Raises:
        DataError: a patient's samples differ in the truth or stand in different
            splits, so there is no one prediction for the patient.
    """
    mixed = mixed_patients(predictions)
    if mixed:
        raise DataError(
            f"{len(mixed)} patient(s) have samples of different classes or numbers, so "
            f"a patient has no one truth. Received: e.g. patient {mixed[0]}"
        )
    check_no_leak(predictions)
    index = patient_index(predictions)
    patients, first = np.unique(np.array(predictions.patient_id), return_index=True)
    means = {}
    for word, array in predictions.outputs.items():
        total = np.zeros((len(patients), len(predictions.names)))
        np.add.at(total, index, array)
        means[word] = total / np.bincount(index)[:, None]
    return dataclasses.replace(
        predictions,
        sample_id=tuple(patients.tolist()),
        patient_id=tuple(patients.tolist()),
        split=tuple(predictions.split[row] for row in first),
        fold=tuple(predictions.fold[row] for row in first),
        truth=_truth_by_patient(predictions, np.fmax),
        outputs=predictions.kind.average_logits(means),
        extra={
            title: _agreed(cells, index, len(patients))
            for title, cells in predictions.extra.items()
        },
    )


def _agreed(cells: Sequence[str], index: np.ndarray, patients: int) -> tuple[str, ...]:
    """Each patient's only value; "" where there is none, or several."""
    values: list[set[str]] = [set() for _ in range(patients)]
    for cell, patient in zip(cells, index):
        if cell:
            values[patient].add(cell)
    return tuple(next(iter(v)) if len(v) == 1 else "" for v in values)


def check_no_leak(predictions: Predictions) -> None:
    """Every patient stands in one split.

    Raises:
        DataError: a patient in two splits.
    """
    splits: dict[str, str] = {}
    for patient, split in zip(predictions.patient_id, predictions.split):
        if splits.setdefault(patient, split) != split:
            raise DataError(
                f"patient {patient} stands in two splits, so the result leaks. "
                f"Received: {splits[patient]} and {split}"
            )


def _truth_by_patient(predictions: Predictions, extreme: np.ufunc) -> np.ndarray:
    """`extreme` of each patient's truth, `[P, T]`; NaN where nothing is known."""
    index = patient_index(predictions)
    patients = index.max() + 1 if len(predictions) else 0
    gathered = np.full((patients, predictions.truth.shape[1]), np.nan)
    extreme.at(gathered, index, predictions.truth)
    return gathered
