"""Intervals of proportions, and of figures that are functions or means of them."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from scipy.special import gammaincinv, stdtrit

from zoo.evaluation.metrics.clustered import by_patient
from zoo.evaluation.metrics.intervals import (
    Interval,
    check_confidence,
    normal_quantile,
    wilson,
    wilson_ends,
)

_DEGREES = 3  # of freedom for each patient with the rarer outcome
_NOTHING = 1e-14  # a variance of rounding errors alone


def share(
    right: np.ndarray,
    counted: np.ndarray,
    patient: np.ndarray | None,
    confidence: float,
) -> Interval:
    """Of the proportion `right / counted`.

    Wilson's; with several samples a patient it is Wilson's of the effective number of
    samples, see `effective_number`.

    Args:
        right: bool `[N]`.
        counted: which samples stand in the proportion, bool `[N]`.
        patient: number of each sample's patient, int `[N]`; none where each patient
            has one sample.
    """
    right = right & counted
    successes, trials = int(right.sum()), int(counted.sum())
    if patient is None:
        return wilson(successes, trials, confidence)
    method = "wilson_clustered"
    check_confidence(confidence)
    if not trials:
        return Interval(method=method, reason="no trial")
    number = effective_number(right, counted, patient, confidence)
    if number is None:
        return Interval(method=method, reason="it is of one patient alone")
    low, high = wilson_ends(successes / trials, number, normal_quantile(confidence))
    return Interval(method=method, low=low, high=high)


def effective_number(
    right: np.ndarray, counted: np.ndarray, patient: np.ndarray, confidence: float
) -> float | None:
    """Of a proportion's samples, as many as if they were independent.

    That number which would have the variance between patients, the jackknife's, if
    samples were independent (Dean and Pagano, Journal of Survey Statistics and
    Methodology 3, 2015), lowered for the degrees of freedom of that variance (Korn and
    Graubard, Survey Methodology 24, 1998). It is at most the number of samples and,
    where the variance is 0, the number of patients.

    The variance of a proportion near 0 or 1 rests on the few patients that have the
    rarer outcome: its degrees of freedom are at most three times theirs. (Three is what
    covers in the simulation of docs/intervals.md.)

    Args:
        as `share`, `counted` of one sample or more.
    Returns:
        None of one patient alone.
    """
    right = right & counted
    trials = int(counted.sum())
    value = right.sum() / trials
    sums = by_patient(np.stack([right, counted], axis=1).astype(float), patient)
    successes, sizes = sums[sums[:, 1] > 0].T
    patients = len(sizes)
    if patients < 2:
        return None
    without = (successes.sum() - successes) / (trials - sizes)
    between = ((without - without.mean()) ** 2).sum() * (patients - 1) / patients
    alone = value * (1 - value) / trials
    effective = float(patients)
    if between > _NOTHING:
        effective = trials * min(1.0, alone / between)
    rarer = min(int((successes > 0).sum()), int((successes < sizes).sum()))
    degrees = min(patients - 1, max(2, _DEGREES * rarer)) if rarer else patients - 1
    wider = float(stdtrit(degrees, 0.5 + confidence / 2))
    return effective * (normal_quantile(confidence) / wider) ** 2


def modified(successes: int, trials: int, confidence: float) -> Interval | None:
    """Wilson's interval with the end near 0 or 1 moved outwards; none where it is not.

    With a few successes, or failures, Wilson's leaves out shares under which as few are
    common. That end is then the Poisson distribution's: with x successes the share is
    above `lambda / trials`, where x or more have the probability `1 - confidence`
    (Brown, Cai and DasGupta, Statistical Science 16, 2001, section 4.1.1; x up to 2, or
    3 above 50 trials).
    """
    plain = wilson(successes, trials, confidence)
    few, failures = (2 if trials <= 50 else 3), trials - successes
    low, high = plain.low, plain.high
    if 1 <= successes <= few:
        low = min(low, float(gammaincinv(successes, 1 - confidence)) / trials)
    if 1 <= failures <= few:
        end = float(gammaincinv(failures, 1 - confidence)) / trials
        high = max(high, 1 - end)
    if (low, high) == (plain.low, plain.high):
        return None
    return Interval(method="modified_wilson", low=low, high=high)


def f1_from(jaccard: Interval) -> Interval:
    """Of F1 from that of TP / (TP + FP + FN), of which it is the function 2J / (1 + J).

    Of patients drawn freely TP is binomial, given TP + FP + FN (Lam, Gopal and Qian,
    Confidence intervals for the F1 score, arXiv:2309.14621, 2023).
    """
    if jaccard.reason:
        return jaccard
    low, high = (2 * end / (1 + end) for end in (jaccard.low, jaccard.high))
    return dataclasses.replace(jaccard, low=low, high=high)


def mean_of(
    values: Sequence[float],
    intervals: Sequence[Interval],
    correlation: np.ndarray | None = None,
) -> Interval:
    """Of the mean of K figures from the interval of each.

    The method of variance estimates recovery (MOVER; Zou and Donner, Statistics in
    Medicine 27, 2008): the distances to the ends are added like standard errors, each
    side by itself.

    Args:
        values, intervals: K each.
        correlation: of the figures, `[K, K]`; none = independent.
    """
    reasons = [interval.reason for interval in intervals if interval.reason]
    if reasons:
        return Interval(method="mover", reason=reasons[0])
    values = np.asarray(values, float)
    down = values - [interval.low for interval in intervals]
    up = np.array([interval.high for interval in intervals]) - values
    if correlation is None:
        correlation = np.eye(len(values))
    mean = float(values.mean())
    below, above = (
        math.sqrt(max(0.0, side @ correlation @ side)) / len(values)
        for side in (down, up)
    )
    return Interval(method="mover", low=mean - below, high=mean + above)


def widened(
    interval: Interval, value: float, samples: int, classes: int, confidence: float
) -> Interval:
    """As much wider as Student's t interval is than the normal one.

    Of a mean of K proportions of N independent samples in all, whose variances have
    `N - K` degrees of freedom. Without it MOVER's holds the mean of two sensitivities
    in as little as 91 or 92 % of studies of 15 against 15, or 30 against 30.

    Args:
        value: of the mean.
        samples, classes: N and K.
    """
    degrees = samples - classes
    if interval.reason or degrees < 1:
        return interval
    wider = float(stdtrit(degrees, 0.5 + confidence / 2)) / normal_quantile(confidence)
    wider *= math.sqrt(samples / degrees)
    low, high = (value + wider * (end - value) for end in (interval.low, interval.high))
    return dataclasses.replace(interval, low=max(0.0, low), high=min(1.0, high))


def perfect_kappa(chance: float, patients: int, confidence: float) -> Interval:
    """The lower bound of a kappa of 1.

    From the lower bound of the agreement, `(1 - confidence)^(1 / patients)` (Clopper
    and Pearson, Biometrika 26, 1934, of a proportion without a failure), at the chance
    agreement that was found. One-sided, for no kappa is above 1. With `1 - 3 / N` for
    the agreement at 95 % it is the "rule of three".

    Args:
        chance: agreement by chance, or weighted disagreement's share, 0..1 without 1.
    """
    check_confidence(confidence)
    agreed = (1 - confidence) ** (1 / patients)
    low = (agreed - chance) / (1 - chance)
    return Interval(method="clopper_pearson", low=low, high=1.0, one_sided=True)
