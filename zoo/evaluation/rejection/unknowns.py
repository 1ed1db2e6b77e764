"""How well a score tells known samples from unknown ones."""

import numpy as np

from zoo.evaluation.metrics.auc import auc

TRUE_RATE = 0.95  # share of the known that is to stay known


def auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    """Area under the ROC of known against unknown; a tie counts a half.

    Args:
        known: scores of known samples, `[N]`, higher = more known.
        unknown: scores of unknown ones, `[M]`.
    """
    truth = np.repeat([True, False], [len(known), len(unknown)])
    return auc(truth, np.concatenate([known, unknown]))


def false_rate(known: np.ndarray, unknown: np.ndarray) -> float:
    """FPR95: the share of unknown samples that pass for known.

    At the highest threshold that keeps 95 % of the known (Liang et al., 2018).
    """
    falling = np.sort(known)[::-1]
    threshold = falling[int(np.ceil(TRUE_RATE * len(known) - 1e-9)) - 1]
    return float(np.mean(unknown >= threshold))


def resampled_false_rate(
    known: np.ndarray,
    unknown: np.ndarray,
    weights: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """`false_rate` of R resamples, `[R]`; NaN where one has no sample of a side.

    Args:
        known, unknown: as of `false_rate`.
        weights: how often each sample stands in each resample, `[R, N]` and `[R, M]`.
    """
    of_known, of_unknown = weights
    order = np.argsort(-known, kind="stable")
    kept = np.cumsum(of_known[:, order], axis=1)
    wanted = TRUE_RATE * kept[:, -1:] - 1e-9
    thresholds = known[order][np.argmax(kept >= wanted, axis=1)]
    rising = np.argsort(unknown, kind="stable")
    below = np.cumsum(of_unknown[:, rising], axis=1)
    below = np.concatenate([np.zeros((len(below), 1)), below], axis=1)
    place = np.searchsorted(unknown[rising], thresholds, side="left")
    whole = below[:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = 1 - below[np.arange(len(below)), place] / whole
    return np.where((whole > 0) & (kept[:, -1] > 0), rate, np.nan)
