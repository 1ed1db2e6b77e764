"""Split-conformal sets of classes, each class covered at the wanted rate.

A sample's set holds every class whose probability is not too low for that class: in the
calibration samples of class c, the k-th smallest 1 - p(c) with k = ceil((n + 1) level)
is the most that is let in (Vovk, 2012: label-conditional; Sadinle et al., 2019). For
new samples exchangeable with these the true class is in the set with at least that
probability, class by class, whatever the network. Too few samples of a class let it
into every set.
"""

import numpy as np

from pipelines.errors import UsageError


def thresholds(
    probabilities: np.ndarray, labels: np.ndarray, level: float
) -> np.ndarray:
    """The lowest probability of each class at which it is in the set, `[K]`.

    Args:
        probabilities: of calibration samples, `[N, K]`.
        labels: their class indices, int `[N]`.
        level: coverage wanted, of each class.

    Raises:
        UsageError: a level that is none.
    """
    check_level(level)
    lowest = np.zeros(probabilities.shape[1])
    for index in range(len(lowest)):
        own = np.sort(probabilities[labels == index, index])[::-1]
        rank = int(np.ceil((len(own) + 1) * level - 1e-9))
        if rank <= len(own):
            lowest[index] = own[rank - 1]
    return lowest


def check_level(level: float) -> None:
    """Raises a UsageError for a level that is no coverage."""
    if not 0 < level < 1:
        raise UsageError(f"a coverage is between 0 and 1. Received: {level}")


def samples_needed(level: float) -> int:
    """Calibration samples of a class from which on it isn't in every set.

    >>> samples_needed(0.9), samples_needed(0.95)
    (9, 19)
    """
    check_level(level)
    return max(int(np.ceil(level / (1 - level) - 1e-6)), 1)


def sets(probabilities: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """Whether each class is in each sample's set, bool `[N, K]`; a set may be empty."""
    return probabilities >= lowest
