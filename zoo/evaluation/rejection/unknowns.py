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
