"""Conformal sets of a run's last split, by the run's validation split."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.predictions.by_patient import levels
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.rejection import conformal


def sets_of(
    validation: Predictions, judged: Predictions, *, by: str, level: float
) -> np.ndarray | None:
    """Whether each class is in the set of each row, bool `[N, K]`.

    By the network's own probabilities, which nothing was fitted to in the validation
    split; that it chose the epoch makes the sets a little too small.

    Args:
        validation: of the run's network, by sample.
        judged: the split that is judged, by sample.
        by: `"patient"` or `"sample"`.
        level: coverage wanted, of each class.
    Returns:
        None where patients of either split have samples of several classes, and sets
        are wanted by patient; or the validation split is empty.
    """
    if not len(validation):
        return None
    calibration, new = levels(validation).at(by), levels(judged).at(by)
    if calibration is None or new is None:
        return None
    lowest = conformal.thresholds(calibration.probabilities, calibration.label, level)
    return conformal.sets(new.probabilities, lowest)


def of_folds(
    validation: Sequence[Predictions],
    judged: Sequence[Predictions],
    *,
    by: str,
    level: float,
) -> np.ndarray | None:
    """Whether each class is in the set of each row of all folds, bool `[N, K]`.

    Each fold's network is calibrated on its own validation split and gives the sets of
    the samples that it judges, so the promise of coverage holds in each of them, and of
    all together.

    Args:
        validation, judged: of the folds' networks, by sample.
        by, level: as of `sets_of`.
    Returns:
        In the order of the samples of one fold after the other, or of ascending
        patient_id; none where a fold has no sets.
    """
    parts = [
        sets_of(of_validation, of_judged, by=by, level=level)
        for of_validation, of_judged in zip(validation, judged, strict=True)
    ]
    if any(part is None for part in parts):
        return None
    together = np.concatenate(parts)
    if by == "sample":
        return together
    patients = [name for part in judged for name in levels(part).patient.sample_id]
    return together[np.argsort(np.array(patients), kind="stable")]
