"""The predictions of several networks for the same samples as one."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.predictions.predictions import Predictions, take


def mean(parts: Sequence[Predictions]) -> Predictions:
    """The mean of what several networks predict for the same samples.

    Of probabilities or numbers; the logits are those of the mean probability.

    Raises:
        DataError: other samples, or another truth.
    """
    aligned = _aligned(parts)
    first = aligned[0]
    means = {
        word: weighted_mean(np.stack([part.outputs[word] for part in aligned]))
        for word in first.outputs
    }
    return dataclasses.replace(
        first,
        fold=("",) * len(first),
        outputs=first.kind.average_logits(means),
    )


def weighted_mean(
    values: np.ndarray, weights: Sequence[float] | None = None
) -> np.ndarray:
    """The mean over networks of what those say that say something.

    Args:
        values: `[M, N, K]` of M networks; NaN = it abstains.
        weights: M, positive; none = equal. Those of the networks that say something
            are scaled to the sum 1, for each of the N.

    Returns:
        `[N, K]`; NaN where all abstain.
    """
    shares = np.ones(len(values)) if weights is None else np.asarray(weights)
    shares = np.where(np.isnan(values), 0.0, shares[:, None, None])
    total = shares.sum(axis=0)
    sums = (shares * np.nan_to_num(values)).sum(axis=0)
    return np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)


def _aligned(parts: Sequence[Predictions]) -> list[Predictions]:
    """The parts with their rows in the order of the first."""
    first, aligned = parts[0], []
    for part in parts:
        row = {sample: number for number, sample in enumerate(part.sample_id)}
        if set(row) != set(first.sample_id):
            raise DataError(
                "the runs do not test the same samples, so their networks can't be "
                "averaged. Name the runs of one cross-validation with a hold-out set"
            )
        same = take(part, [row[sample] for sample in first.sample_id])
        if not np.array_equal(same.truth, first.truth, equal_nan=True):
            raise DataError("the runs give a sample different labels. Train them anew")
        aligned.append(same)
    return aligned
