"""One answer per patient, where answers come in columns."""

import numpy as np

from zoo.evaluation.predictions.by_patient import check_no_leak, patient_index
from zoo.evaluation.predictions.columns import Columns


def mixed_patients(found: Columns) -> tuple[str, ...]:
    """Patients whose samples are known to differ in some column."""
    lowest, highest = (_by_patient(found, what) for what in (np.fmin, np.fmax))
    patients = np.unique(np.array(found.patient_id))
    differ = (lowest < highest).any(axis=1)  # NaN differs from nothing
    return tuple(patients[differ].tolist())


def by_patient(found: Columns) -> Columns:
    """One row per patient: the mean of its samples' answers.

    The truth is what any of them knows of it, the logit that of the mean probability.
    Rows come by ascending patient_id, which is also the sample_id.

    Raises:
        DataError: a patient stands in two splits.
    """
    check_no_leak(found)
    index = patient_index(found)
    patients, first = np.unique(np.array(found.patient_id), return_index=True)
    answers = {}
    for kind, array in found.answers.items():
        total = np.zeros((len(patients), len(found.names)))
        np.add.at(total, index, array)
        answers[kind] = total / np.bincount(index)[:, None]
    if "logit" in answers:
        answers["logit"] = logit(answers["prob"])
    return Columns(
        sample_id=tuple(patients.tolist()),
        patient_id=tuple(patients.tolist()),
        split=tuple(found.split[i] for i in first),
        fold=tuple(found.fold[i] for i in first),
        names=found.names,
        truth=_by_patient(found, np.fmax),
        answers=answers,
    )


def logit(shares: np.ndarray) -> np.ndarray:
    """`log(p / (1 - p))`, finite."""
    tiny = np.finfo(np.float64).tiny
    return np.log(np.maximum(shares, tiny)) - np.log(np.maximum(1 - shares, tiny))


def _by_patient(found: Columns, what: np.ufunc) -> np.ndarray:
    """`what` of each patient's truth, `[P, M]`; NaN where nothing is known."""
    index = patient_index(found)
    gathered = np.full((index.max() + 1 if len(found) else 0, len(found.names)), np.nan)
    what.at(gathered, index, found.truth)
    return gathered
