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
        word: np.mean([part.outputs[word] for part in aligned], axis=0)
        for word in first.outputs
    }
    return dataclasses.replace(
        first,
        fold=("",) * len(first),
        outputs=first.kind.average_logits(means),
    )


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
