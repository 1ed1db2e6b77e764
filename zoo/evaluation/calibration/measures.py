"""How well stated probabilities of an event fit what happened.

`intercept`, `slope`
    Of the logistic recalibration, see `recalibration`.
`o_e`
    Observed events divided by expected ones, the sum of the probabilities.
`ici`
    Integrated calibration index: the mean distance of the smooth calibration curve from
    the diagonal, over the samples (Austin and Steyerberg, 2019).
`ece`
    Expected calibration error over bins of equal numbers (Nixon et al., 2019).

The latter two are above 0 by chance alone, and in a resample further above: so the
bootstrap gives no interval of them, and `by_chance` says how large they would be of
probabilities that are right.
"""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.calibration import recalibration
from zoo.evaluation.calibration.smooth_curve import Smoother
from zoo.evaluation.metrics.measure import Measure, measured

NAMES = ("intercept", "slope", "o_e", "ici", "ece")
DISTANCES = ("ici", "ece")
CURVE = "curve"


def replicate(
    happened: np.ndarray,
    stated: np.ndarray,
    weights: np.ndarray,
    *,
    smoother: Smoother,
    bins: Sequence[np.ndarray],
) -> dict[str, np.ndarray]:
    """The measures of R resamples by `NAMES`, `[R]` each, and `curve` `[R, G]`.

    Args:
        happened: whether the event is true, bool `[N]`.
        stated: its probability, `[N]`.
        weights: how often each sample stands in each resample, `[R, N]`.
        smoother: of the stated probabilities.
        bins: rows of each bin.
    """
    weights = np.asarray(weights, np.float64)
    odds, total = recalibration.log_odds(stated), weights.sum(axis=1)
    curves = smoother.curves(happened, weights)
    distance = np.abs(smoother.at_samples(curves) - stated)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "intercept": recalibration.intercepts(happened, odds, weights),
            "slope": recalibration.slopes(happened, odds, weights),
            "o_e": weights @ happened / (weights @ stated),
            "ici": (weights * distance).sum(axis=1) / total,
            "ece": _binned(happened - stated, weights, bins) / total,
            CURVE: curves,
        }


def by_chance(
    stated: np.ndarray,
    generator: np.random.Generator,
    repeats: int,
    *,
    smoother: Smoother,
    bins: Sequence[np.ndarray],
) -> dict[str, np.ndarray]:
    """`DISTANCES` of right probabilities, `[repeats]` each.

    What happens is drawn from the stated probabilities, sample by sample (consistency
    resampling: Bröcker and Smith, 2007).
    """
    happened = generator.random((repeats, len(stated))) < stated
    curves = smoother.curves(happened, np.ones(happened.shape))
    distance = np.abs(smoother.at_samples(curves) - stated)
    surplus = happened - stated
    binned = [np.abs(surplus[:, rows].sum(axis=1)) for rows in bins]
    return {
        "ici": distance.mean(axis=1),
        "ece": np.sum(binned, axis=0) / len(stated),
    }


def measures(values: dict[str, np.ndarray], happened: np.ndarray) -> dict[str, Measure]:
    """Those of the sample itself, with the reason of each that is not defined.

    Args:
        values: of `replicate`, of one resample.
    """
    lone = "the event happened in all or in none"
    separated = "the probabilities separate the outcomes, or are all equal"
    both = happened.any() and not happened.all()
    why = {name: lone if not both else separated for name in NAMES}
    single = {name: float(values[name][0]) for name in NAMES}
    finite = {n: v if np.isfinite(v) else float("nan") for n, v in single.items()}
    return measured(finite, why)


def _binned(
    surplus: np.ndarray, weights: np.ndarray, bins: Sequence[np.ndarray]
) -> np.ndarray:
    """Sum over the bins of the distance of their sums, `[R]`."""
    distances = [np.abs(weights[:, rows] @ surplus[rows]) for rows in bins]
    return np.sum(distances, axis=0)
