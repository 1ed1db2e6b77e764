"""What metrics.json says of scores of several folds' networks that were pooled."""

import math
from collections.abc import Sequence

import numpy as np

from zoo.evaluation.metrics.clustered import by_patient
from zoo.evaluation.metrics.cross_validated_auc import cross_validated_auc
from zoo.evaluation.metrics.fold_shift import fold_shift, least_of
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.entries import entry_of

SHIFTED = 0.01  # chance below which the folds are said to be shifted
_Rows = tuple[np.ndarray, np.ndarray, np.ndarray]  # positive, scores, patient, `[n]`


def of_folds(folds: Sequence[Predictions], confidence: float) -> dict:
    """What pooling the folds' predictions means; nothing of numbers.

    - `pooled`: a sentence: scores of different networks are compared
    - `mean_auc`: by class (of two class 1 alone) or label the mean of the folds' AUCs:
      an entry with the interval `influence_curve`, see `metrics.cross_validated_auc`
    - `shift`: `p` (null where undefined), see `metrics.fold_shift`; `shifted`: whether
      it is below 0.01

    Args:
        folds: at the level that is shown.
    """
    if len(folds) < 2 or "prob" not in folds[0].outputs:
        return {}
    names, single = folds[0].names, folds[0].kind.single_label
    columns = range(1, 2) if single and len(names) == 2 else range(len(names))
    means, chances = {}, []
    for column in columns:
        parts = [_rows(fold, column) for fold in folds]
        means[names[column]] = _mean_auc(parts, confidence)
        chances.append(_shift(parts))
    chance = least_of(chances)
    return {
        "pooled": f"scores of {len(folds)} different networks were pooled: the pooled "
        "AUC also compares patients of different networks, the mean of the folds' AUC "
        "does not",
        "mean_auc": means,
        "shift": {
            "p": None if math.isnan(chance) else chance,
            "shifted": bool(chance < SHIFTED),
        },
    }


def _rows(fold: Predictions, column: int) -> _Rows:
    """The samples that know a class, against the rest, or a label."""
    truth = fold.truth[:, 0] == column
    known = np.ones(len(fold), bool)
    if not fold.kind.single_label:
        truth, known = fold.truth[:, column] == 1, ~np.isnan(fold.truth[:, column])
    patient = patient_index(fold)[known]
    return truth[known], fold.probabilities[known, column].astype(float), patient


def _mean_auc(parts: Sequence[_Rows], confidence: float) -> dict:
    value, interval = cross_validated_auc(parts, confidence)
    measure = Measure(value=value, reason=interval.reason if math.isnan(value) else "")
    return entry_of(measure, interval)


def _shift(parts: Sequence[_Rows]) -> float:
    """Of the mean score of each patient in a class."""
    scores, numbers, classes = [], [], []
    for number, (truth, score, patient) in enumerate(parts):
        for positive in (False, True):
            rows = truth == positive
            if rows.any():
                _, own = np.unique(patient[rows], return_inverse=True)
                scores.append(by_patient(score[rows], own) / np.bincount(own))
                numbers += [number] * len(scores[-1])
                classes += [positive] * len(scores[-1])
    if not scores:
        return math.nan
    return fold_shift(np.concatenate(scores), np.array(numbers), np.array(classes))
