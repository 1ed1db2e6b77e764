"""Bins of about equal numbers of samples, in which equal scores stay together."""

import numpy as np

_MOST_BINS, _SMALLEST = 10, 10


def reliability_bins(stated: np.ndarray) -> list[np.ndarray]:
    """Rows of each bin, by ascending probability: at most ten bins, ten rows each.

    A bin holds all samples of a score or none, so bins do not depend on the order of
    the samples; where many scores are equal there are fewer bins.

    Args:
        stated: probabilities, `[N]`.
    """
    if not len(stated):
        return []
    bins = int(np.clip(len(stated) // _SMALLEST, 1, _MOST_BINS))
    _, group, counts = np.unique(stated, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(stated)
    number = np.floor(middle * bins).astype(int)[group]
    order = np.argsort(stated, kind="stable")
    return [order[number[order] == bin_] for bin_ in np.unique(number)]
