"""From samples to patients: whose samples they are, and one answer per patient."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.predictions.classes import Predictions

Rows = TypeVar("Rows")  # Predictions or Columns


def patient_index(predictions: Predictions) -> np.ndarray:
    """Number of each sample's patient, `[N]`, by ascending patient_id."""
    return np.unique(np.array(predictions.patient_id), return_inverse=True)[1]


def mixed_patients(predictions: Predictions) -> tuple[str, ...]:
    """Patients whose samples carry different labels."""
    labels: dict[str, set[int]] = {}
    for patient, label in zip(predictions.patient_id, predictions.label):
        labels.setdefault(patient, set()).add(int(label))
    return tuple(sorted(p for p, found in labels.items() if len(found) > 1))


def by_patient(predictions: Predictions) -> Predictions:
    """One row per patient: the mean of its samples' probabilities.

    The logits are the logarithm of that mean, so their softmax gives it back. Rows
    come by ascending patient_id, which is also the sample_id.

    Raises:
        DataError: a patient's samples carry different labels or stand in different
            splits, so the patient has no one answer.
    """
    mixed = mixed_patients(predictions)
    if mixed:
        raise DataError(
            f"{len(mixed)} patient(s) have samples of different classes, so a patient "
            f"has no one class. Received: e.g. patient {mixed[0]}"
        )
    index = patient_index(predictions)
    patients, first = np.unique(np.array(predictions.patient_id), return_index=True)
    check_no_leak(predictions)
    members = np.bincount(index, minlength=len(patients))
    probabilities = np.zeros((len(patients), len(predictions.classes)))
    np.add.at(probabilities, index, predictions.probabilities)
    probabilities /= members[:, None]
    return Predictions(
        sample_id=tuple(patients.tolist()),
        patient_id=tuple(patients.tolist()),
        split=tuple(predictions.split[i] for i in first),
        fold=tuple(predictions.fold[i] for i in first),
        label=predictions.label[first],
        probabilities=probabilities,
        logits=np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)),
        classes=predictions.classes,
        ordered=predictions.ordered,
    )


def judged_by_level(
    found: Rows,
    judge: Callable[[Rows], dict],
    *,
    by_patient: Callable[[Rows], Rows],
    mixed: tuple[str, ...],
    what: str,
) -> dict:
    """The verdict on patients and on samples, `{"patient": level, "sample": level}`.

    Args:
        judge: gives the verdict on rows as they are.
        mixed: patients who have no one answer; where there are any, the level of
            patients is `{"defined": false, "reason": ...}`.
        what: the samples of such patients differ in.
    """
    if mixed:
        reason = (
            f"{len(mixed)} of {len(set(found.patient_id))} patients have samples of "
            f"different {what}"
        )
        patient = {"defined": False, "reason": reason}
    else:
        patient = judge(by_patient(found))
    return {"patient": patient, "sample": judge(found)}


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
