"""Several networks' answers to the same samples as one."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.predictions import classes as class_predictions
from zoo.evaluation.predictions import columns
from zoo.evaluation.predictions.classes import Predictions
from zoo.evaluation.predictions.columns import Columns
from zoo.evaluation.predictions.columns_by_patient import logit
from zoo.evaluation.target_kinds import AnyPredictions


def mean(parts: Sequence[AnyPredictions]) -> AnyPredictions:
    """The mean of what several networks answer to the same samples.

    Of probabilities; the logits are their logarithm, of labels those of the mean.

    Raises:
        DataError: other samples, or another truth.
    """
    if isinstance(parts[0], Columns):
        return _mean_of_columns(_alike(parts, columns.take))
    return _mean_of_classes(_alike(parts, class_predictions.take))


def _alike(parts: Sequence[AnyPredictions], take: Callable) -> list[AnyPredictions]:
    """The parts with their rows in the order of the first."""
    first, found = parts[0], []
    for part in parts:
        row = {sample: number for number, sample in enumerate(part.sample_id)}
        if set(row) != set(first.sample_id):
            raise DataError(
                "the runs do not test the same samples, so their networks can't be "
                "averaged. Name the runs of one cross-validation with a hold-out set"
            )
        same = take(part, [row[sample] for sample in first.sample_id])
        if not np.array_equal(_truth(same), _truth(first), equal_nan=True):
            raise DataError("the runs give a sample different labels. Train them anew")
        found.append(same)
    return found


def _truth(found: AnyPredictions) -> np.ndarray:
    return found.truth if isinstance(found, Columns) else found.label.astype(float)


def _mean_of_classes(parts: Sequence[Predictions]) -> Predictions:
    probabilities = np.mean([part.probabilities for part in parts], axis=0)
    return dataclasses.replace(
        parts[0],
        fold=("",) * len(parts[0]),
        probabilities=probabilities,
        logits=np.log(np.maximum(probabilities, np.finfo(float).tiny)),
    )


def _mean_of_columns(parts: Sequence[Columns]) -> Columns:
    answers = {
        kind: np.mean([part.answers[kind] for part in parts], axis=0)
        for kind in parts[0].answers
    }
    if "logit" in answers:
        answers["logit"] = logit(answers["prob"])
    return dataclasses.replace(parts[0], fold=("",) * len(parts[0]), answers=answers)
