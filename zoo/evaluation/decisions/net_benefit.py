"""Decision curve analysis: the net benefit of acting on a probability.

At a threshold t, with N patients: TP / N - FP / N * t / (1 - t), true positives less
false ones at the rate that a threshold of t weighs them with (Vickers and Elkin, 2006).
"""

import numpy as np

THRESHOLDS = np.round(np.arange(0.01, 0.995, 0.01), 2)


def net_benefits(
    happened: np.ndarray,
    stated: np.ndarray,
    weights: np.ndarray,
    *,
    thresholds: np.ndarray = THRESHOLDS,
    prevalence: float | None = None,
) -> dict[str, np.ndarray]:
    """Of R resamples: `model`, and `all` where everybody is acted on, `[R, T]` each.

    Acting on nobody is worth 0.

    Args:
        happened: whether the event is true, bool `[N]`.
        stated: its calibrated probability, `[N]`.
        weights: how often each sample stands in each resample, `[R, N]`.
        thresholds: between 0 and 1, `[T]`; from it on one acts.
        prevalence: of the event among those whom the model will meet; none = that of
            the samples.
    """
    weights = np.asarray(weights, np.float64)
    called = stated[:, None] >= thresholds
    cases, others = weights * happened, weights * ~happened
    number, left = cases.sum(axis=1)[:, None], others.sum(axis=1)[:, None]
    share = number / (number + left) if prevalence is None else prevalence
    rate = thresholds / (1 - thresholds)
    with np.errstate(divide="ignore", invalid="ignore"):
        true_positive = np.where(number > 0, cases @ called / number, 0)
        false_positive = np.where(left > 0, others @ called / left, 0)
    return {
        "model": true_positive * share - false_positive * (1 - share) * rate,
        "all": share - (1 - share) * rate * np.ones((len(weights), 1)),
    }
