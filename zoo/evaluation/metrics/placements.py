"""What single samples, and patients with all theirs, add to an area."""

import numpy as np
from scipy.stats import rankdata


def placements(positive: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
    """The empirical AUC, and what each sample adds to it beyond its share, `[N]`.

    DeLong's placements: of a positive the share of negatives that it beats, of a
    negative the share of positives that beat it, ties counting half (DeLong, DeLong
    and Clarke-Pearson, Biometrics 44, 1988); by midranks in O(N log N) (Sun and Xu,
    IEEE Signal Processing Letters 21, 2014). The shares of a class, over its size, sum
    to 0.

    Args:
        positive: truth, bool `[N]`.
        scores: higher speaks for positive, `[N]`.
    Returns:
        NaN and zeros where a class has no sample.
    """
    above, below = np.flatnonzero(positive), np.flatnonzero(~positive)
    influence = np.zeros(len(positive))
    if not len(above) or not len(below):
        return np.nan, influence
    ranks = rankdata(scores[np.r_[above, below]])
    wins = (ranks[: len(above)] - rankdata(scores[above])) / len(below)
    losses = (ranks[len(above) :] - rankdata(scores[below])) / len(above)
    area = float(wins.mean())
    influence[above] = (wins - area) / len(above)
    influence[below] = (1 - losses - area) / len(below)
    return area, influence
