"""Sets of classes that a last stage answers beside the class: split conformal.

Each network's thresholds are those of `rejection.conformal`, of the validation split's
uncalibrated probabilities, by sample, as `zoo.predict` answers samples. A threshold is
the probability of one of these samples, so both are compared in float32, which is what
a network gives: the sample that it was, predicted anew, is in its set.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.rejection import conformal


@dataclass(frozen=True, kw_only=True)
class ClassSets:
    """Which classes a network can't leave out.

    Args:
        level: coverage wanted, of each class.
        lowest: uncalibrated probability of each of K classes from which on it is in the
            set, numbers of float32; 0 = it is in every set.
    """

    level: float
    lowest: tuple[float, ...]

    def __post_init__(self):
        conformal.check_level(self.level)
        if not all(0 <= value <= 1 for value in self.lowest):
            raise ValueError(
                f"thresholds are probabilities. Received: lowest={self.lowest}"
            )

    def of(self, probabilities: np.ndarray) -> np.ndarray:
        """Whether each class is in each sample's set, bool `[N, K]`.

        Args:
            probabilities: uncalibrated, `[N, K]`.
        """
        lowest = np.asarray(self.lowest, np.float32)
        return conformal.sets(np.asarray(probabilities, np.float32), lowest)


def fit(probabilities: np.ndarray, labels: np.ndarray, level: float) -> ClassSets:
    """Sets that hold each class at a level.

    Args:
        probabilities: uncalibrated, of the validation split, `[N, K]`.
        labels: their class indices, int `[N]`.

    Raises:
        UsageError: a level that is none.
    """
    lowest = conformal.thresholds(np.asarray(probabilities, np.float32), labels, level)
    return ClassSets(level=level, lowest=tuple(lowest.tolist()))


def merged(each: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """The classes in the sets of networks of half the weight or more, bool `[N, K]`.

    Where each network's set misses the class with probability alpha at most, this one
    does with 2 alpha at most, however alike they are, and of K equal weights with
    K alpha / (floor(K / 2) + 1): Markov's inequality (Gasparin and Ramdas,
    arXiv:2401.09379, 2024, Theorem 2.1, where more than half are wanted).

    Args:
        each: the sets of each network, bool `[N, K]`.
        weights: of the networks, positive.
    """
    return 2 * np.tensordot(weights, each, axes=1) >= np.sum(weights)
