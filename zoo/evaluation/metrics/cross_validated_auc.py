"""The mean of the folds' areas under the ROC curve, and its interval."""

import math
from collections.abc import Sequence

import numpy as np

from zoo.evaluation.metrics.clustered import by_patient
from zoo.evaluation.metrics.intervals import Interval, normal_quantile
from zoo.evaluation.metrics.placements import placements

Fold = tuple[np.ndarray, np.ndarray, np.ndarray]  # positive, scores, patient, `[N]`


def cross_validated_auc(
    folds: Sequence[Fold], confidence: float
) -> tuple[float, Interval]:
    """The cross-validated AUC with the interval of its influence curve.

    LeDell, Petersen and van der Laan (Electronic Journal of Statistics 9, 2015), as
    their package cvAUC has it: a sample's influence is its placement in its own fold
    less the fold's AUC, over the share of its class among all; the variance is the mean
    of the folds' mean squares, over the number of samples. A patient's samples are
    added up. Ties count half. No sample is compared with one of another fold, so no
    network's scores are with another's.

    Args:
        folds: of each the truth, bool `[N]`, the scores, `[N]`, and the number of each
            sample's patient, int `[N]`, from 0.
    Returns:
        The mean, NaN where a fold lacks a class, and the interval.
    """
    method, z = "influence_curve", normal_quantile(confidence)
    total = sum(len(positive) for positive, _, _ in folds)
    positives = sum(int(positive.sum()) for positive, _, _ in folds)
    areas, squares = [], []
    for positive, scores, patient in folds:
        area, influence = placements(positive, scores)
        areas.append(area)
        if math.isnan(area):
            continue
        own = np.where(positive, positive.sum(), (~positive).sum())
        placed = influence * own * total
        placed /= np.where(positive, positives, total - positives)
        squares.append((by_patient(placed, patient) ** 2).sum() / len(positive))
    if np.isnan(areas).any():
        lacking = int(np.isnan(areas).sum())
        reason = f"{lacking} of {len(folds)} folds lack a class"
        return math.nan, Interval(method=method, reason=reason)
    mean, variance = float(np.mean(areas)), float(np.mean(squares)) / total
    if variance <= 1e-24:
        return mean, Interval(method=method, reason="no fold has a variance")
    half = z * math.sqrt(variance)
    return mean, Interval(
        method=method, low=max(0.0, mean - half), high=min(1.0, mean + half)
    )
