"""What members say, as the numbers that a stacking model sees."""

import numpy as np

from zoo.evaluation.predictions.average import weighted_mean

LEAST = 1e-6  # a probability, which a certain member is held to


def features(values: np.ndarray) -> np.ndarray:
    """Log-odds of each class against the rest, by member.

    A member that abstains has the mean log-odds of those that don't.

    Args:
        values: probabilities `[M, N, K]`, NaN = the member abstains.

    Returns:
        `[N, M * K]`; of two classes those of the second alone, `[N, M]`.
    """
    shares = np.clip(values, LEAST, 1 - LEAST)
    odds = np.log(shares) - np.log1p(-shares)
    odds = np.where(np.isnan(odds), weighted_mean(odds), odds)
    if values.shape[2] == 2:
        odds = odds[:, :, 1:]
    return odds.transpose(1, 0, 2).reshape(values.shape[1], -1)
