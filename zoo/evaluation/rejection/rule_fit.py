"""Reject rules fitted to a run: what they are made of, and where they reject."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError, UsageError
from zoo.evaluation.rejection.rules import (
    RULES,
    Energy,
    LargestProbability,
    Mahalanobis,
    RejectRule,
)

_MOST_DIRECTIONS = 64  # of a Mahalanobis distance


@dataclass(frozen=True, kw_only=True)
class RejectRequest:
    """A rule that the command line asks for.

    Args:
        name: one of `rules.RULES`.
        coverage: share of the validation samples that is to stay known; none = the
            threshold is given.
        threshold: of the score; none = by the coverage.
    """

    name: str
    coverage: float | None = None
    threshold: float | None = None


def parse(words: Sequence[str]) -> RejectRequest:
    """The rule that the command line words.

    >>> parse(["largest", "coverage=0.9"]).coverage
    0.9

    Raises:
        UsageError: no such rule, or neither a coverage nor a threshold.
    """
    first, *others = words
    name, is_threshold, number = first.partition("=")
    wrong = UsageError(
        "--reject wants a rule and how much it keeps, such as largest coverage=0.9 "
        f"({', '.join(RULES)}), or a threshold, such as largest=0.7. Received: "
        f"{' '.join(words)}"
    )
    if name not in RULES or len(others) != (not is_threshold):
        raise wrong
    try:
        if is_threshold:
            threshold = float(number)
            if not math.isfinite(threshold):
                raise wrong
            return RejectRequest(name=name, threshold=threshold)
        word, _, share = others[0].partition("=")
        coverage = float(share)
    except ValueError as error:
        raise wrong from error
    if word != "coverage" or not 0 < coverage <= 1:
        raise wrong
    return RejectRequest(name=name, coverage=coverage)


def with_threshold(
    rule: RejectRule, request: RejectRequest, scores: np.ndarray
) -> RejectRule:
    """The rule that keeps the wanted share of these scores, at least.

    The threshold lies halfway to the next lower score, so rounding moves no sample.

    Args:
        scores: of the validation split, `[N]`.
    """
    if request.threshold is not None:
        return dataclasses.replace(rule, threshold=request.threshold)
    falling = np.sort(scores)[::-1]
    kept = int(np.ceil(request.coverage * len(scores) - 1e-9))
    lowest = falling[kept - 1]
    below = falling[falling < lowest]
    threshold = lowest - 1e-6 * max(1.0, abs(lowest))
    if below.size:
        threshold = (lowest + below[0]) / 2
    return dataclasses.replace(rule, threshold=float(threshold))


def unthresholded(
    name: str, features: np.ndarray | None, labels: np.ndarray | None, classes: int
) -> RejectRule:
    """A rule that rejects nothing yet.

    Args:
        features: of the training split, `[N, F]`, for a Mahalanobis distance alone.
        labels: class indices of the same, `[N]`.
        classes: K.
    """
    if name == "mahalanobis":
        return _mahalanobis(features, labels, classes)
    simple: Mapping[str, type] = {"largest": LargestProbability, "energy": Energy}
    return simple[name]()


def _mahalanobis(features: np.ndarray, labels: np.ndarray, classes: int) -> Mahalanobis:
    """Means of the classes and their pooled covariance, of the training split."""
    features = np.asarray(features, np.float64)
    counts = np.bincount(labels, minlength=classes)
    free = len(features) - classes
    if counts.min() < 2 or free < 2:
        raise DataError(
            "a Mahalanobis distance wants two training samples of every class. "
            f"Received: {counts.min()} of one. Choose another --reject"
        )
    means = np.stack([features[labels == c].mean(axis=0) for c in range(classes)])
    away = features - means[labels]
    _, singular, right = np.linalg.svd(away, full_matrices=False)
    variances = singular**2 / free
    size = features.shape[1]
    kept = int(min(_MOST_DIRECTIONS, size - 1, (free + 1) // 2))
    left = variances[kept:].sum() / (size - kept)
    smallest = 1e-6 * variances.sum() / size
    if not variances.sum() > 0:
        raise DataError(
            "all training samples of a class have the same features, so there is no "
            "distance between them. Choose another --reject"
        )
    rest = max(left, smallest)
    return Mahalanobis(
        means=_rows(means),
        directions=_rows(right[:kept]),
        variances=tuple(np.maximum(variances[:kept], rest).tolist()),
        rest=float(rest),
    )


def _rows(array: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """In nine digits, which float32 features have no more of."""
    return tuple(tuple(float(f"{v:.9g}") for v in row) for row in array.tolist())
