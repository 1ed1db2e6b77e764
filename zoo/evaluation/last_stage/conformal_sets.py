"""Conformal sets of a run's last split, by the run's validation split."""

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
        None where patients of the validation split have samples of several classes,
        and sets are wanted by patient; or it is empty.
    """
    if not len(validation):
        return None
    calibration = levels(validation)
    if by == "patient" and calibration.patient is None:
        return None
    calibration, new = calibration.at(by), levels(judged).at(by)
    lowest = conformal.thresholds(calibration.probabilities, calibration.label, level)
    return conformal.sets(new.probabilities, lowest)
