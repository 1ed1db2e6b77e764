"""PPV and NPV at a stated prevalence, from sensitivity and specificity.

The share of cases in a study is often not that of the patients whom a model will meet;
sensitivity and specificity carry over where the cases are alike.
"""

from statistics import NormalDist

import numpy as np

from zoo.evaluation.metrics.intervals import Interval, check_confidence
from zoo.evaluation.metrics.measure import Measure

NAMES = ("ppv", "npv")
METHOD = "logit"


def values(
    sensitivity: np.ndarray, specificity: np.ndarray, prevalence: float
) -> dict[str, np.ndarray]:
    """PPV and NPV by Bayes' rule, of any shape; NaN where nobody is called so."""
    sensitivity, specificity = np.asarray(sensitivity), np.asarray(specificity)
    sick, well = prevalence, 1 - prevalence
    with np.errstate(divide="ignore", invalid="ignore"):
        positive = sensitivity * sick
        negative = specificity * well
        return {
            "ppv": positive / (positive + (1 - specificity) * well),
            "npv": negative / (negative + (1 - sensitivity) * sick),
        }


def intervals(
    true_positives: int,
    positives: int,
    true_negatives: int,
    negatives: int,
    *,
    prevalence: float,
    confidence: float,
) -> dict[str, Interval]:
    """Logit intervals by `NAMES` (Mercaldo, Lau and Zhou, 2007, equations 8 to 11).

    Where sensitivity or specificity is 0 or 1, and these are not defined, those of
    their adjusted estimates: half the squared normal quantile is added to both cells of
    a proportion. For independent samples alone.

    Args:
        positives, negatives: samples with and without the event.
    """
    check_confidence(confidence)
    quantile = NormalDist().inv_cdf(0.5 + confidence / 2)
    counts = np.array([true_positives, true_negatives], np.float64)
    sizes = np.array([positives, negatives], np.float64)
    if not sizes.all():
        reason = "there are samples of one outcome alone"
        return {name: Interval(method=METHOD, reason=reason) for name in NAMES}
    if np.any(counts == 0) or np.any(counts == sizes):
        counts, sizes = counts + quantile**2 / 2, sizes + quantile**2
    sensitivity, specificity = counts / sizes
    odds_sick = prevalence / (1 - prevalence)
    centres = {
        "ppv": np.log(sensitivity / (1 - specificity) * odds_sick),
        "npv": np.log(specificity / (1 - sensitivity) / odds_sick),
    }
    variances = {
        "ppv": (1 - sensitivity) / (sensitivity * sizes[0])
        + specificity / ((1 - specificity) * sizes[1]),
        "npv": sensitivity / ((1 - sensitivity) * sizes[0])
        + (1 - specificity) / (specificity * sizes[1]),
    }
    return {
        name: Interval(
            method=METHOD,
            low=_share(centres[name] - quantile * np.sqrt(variances[name])),
            high=_share(centres[name] + quantile * np.sqrt(variances[name])),
        )
        for name in NAMES
    }


def measure_of(name: str, value: float) -> Measure:
    """A value of `values`, with the reason where there is none."""
    called = {"ppv": "called so", "npv": "called free of it"}[name]
    reason = f"no sample is {called}" if np.isnan(value) else ""
    return Measure(value=float(value), reason=reason)


def _share(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
