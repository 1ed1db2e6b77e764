"""Risk and coverage: the errors that are left when the least known are set aside.

Samples are kept by falling score; those of equal scores come and go together. AURC is
the area below the risk over the coverage (Geifman and El-Yaniv, 2017): the mean, over
all samples, of the risk among those with at least their score.
"""

import numpy as np


def curve(wrong: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coverage and risk at every distinct score, rising coverage, `[S]` each.

    Args:
        wrong: whether the answer is, bool `[N]`, one sample or more.
        scores: higher = kept longer, `[N]`.
    """
    order = np.argsort(-scores, kind="stable")
    falling, errors = scores[order], np.cumsum(wrong[order])
    last = np.append(np.flatnonzero(np.diff(falling)), len(scores) - 1)
    kept = last + 1
    return kept / len(scores), errors[last] / kept


def resampled_area(
    wrong: np.ndarray, scores: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """AURC of R resamples, `[R]`.

    Args:
        wrong, scores: as of `curve`.
        weights: how often each sample stands in each resample, `[R, N]`.
    """
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    last = np.append(np.flatnonzero(np.diff(falling)), len(scores) - 1)
    first = np.append(0, last[:-1] + 1)
    kept = weights[:, order]
    errors = np.add.reduceat(kept * wrong[order], first, axis=1)
    counts = np.add.reduceat(kept, first, axis=1)
    whole = np.cumsum(counts, axis=1)
    risk = np.cumsum(errors, axis=1) / np.maximum(whole, 1e-12)
    return (risk * counts).sum(axis=1) / whole[:, -1]
