"""The rows over folds: do two ways to train differ, not these networks?

Of a repeated cross-validation every fold of every repeat is a difference: Nadeau and
Bengio's test over all R x K is the corrected repeated k-fold test of Bouckaert and
Frank (PAKDD 2004).
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.comparison import fold_differences
from zoo.evaluation.comparison.contributions import parts_of
from zoo.evaluation.comparison.figures_of_merit import FigureOfMerit
from zoo.evaluation.comparison.report.row import Question, Row, margin_of
from zoo.evaluation.comparison.report.sources import Source
from zoo.evaluation.predictions.predictions import Predictions


def of(sources: Sequence[Source], question: Question) -> list[Row]:
    """The means over folds, and Nadeau and Bengio's test of their differences.

    Raises:
        DataError: two sources have other folds, or another number of repeats.
    """
    by_name = {source.name: source for source in sources}
    for contrast in question.contrasts:
        first, *others = (by_name[name] for _, name in contrast.terms)
        for other in others:
            _check_same_folds(first, other)
    rows = []
    for figure in question.figures:
        for contrast in question.contrasts:
            mine = by_name[contrast.model]
            means = np.array(
                [
                    sum(w * _of_folds(by_name[name], mine, figure) for w, name in side)
                    for side in contrast.sides
                ]
            )
            ratios = [ratio_of_test_to_training(each) for each in mine.repeats]
            inference = fold_differences.inference(
                means[0] - means[1],
                float(np.mean(ratios)),
                question.settings.confidence,
            ).within(figure.objective, 1 if contrast.over is None else 2)
            rows.append(
                Row(
                    figure=figure,
                    **vars(contrast),
                    value=float(means[0].mean()),
                    reference_value=float(means[1].mean()),
                    inference=inference,
                    margin=margin_of(inference, figure, question.margin),
                    folds=len(means[0]),
                )
            )
    return rows


def _of_folds(source: Source, first: Source, figure: FigureOfMerit) -> np.ndarray:
    """A figure in every fold of every repeat, by the first's names of folds, `[J]`."""
    values = []
    for own, named in zip(source.repeats, first.repeats, strict=True):
        folds = named.predictions.fold  # whatever its own are called
        predictions = dataclasses.replace(own.predictions, fold=folds)
        parts = parts_of(predictions, "mean")
        values += [figure.objective.of(part) for part in parts]
    return np.array(values)


def _check_same_folds(mine: Source, other: Source) -> None:
    names = f"{mine.name} and {other.name}"
    cure = (
        "--by-fold compares the same folds. Train both on one data set, with the same "
        "--repeats, or leave --by-fold out"
    )
    counts = [len(source.repeats) for source in (mine, other)]
    if counts[0] != counts[1]:
        raise DataError(
            f"{names} are not repeated alike, and {cure}. Received: {counts[0]} and "
            f"{counts[1]} times all folds"
        )
    for number, pair in enumerate(zip(mine.repeats, other.repeats)):
        first, second = (_test_parts(source.predictions) for source in pair)
        if first != second:
            where = f" in repeat-{number}" if counts[0] > 1 else ""
            raise DataError(
                f"{names} deal patients to different folds{where}: of "
                f"{len(first)} and {len(second)} folds {len(first & second)} test the "
                f"same, and {cure}"
            )


def _test_parts(predictions: Predictions) -> set[frozenset[str]]:
    """Whom each fold tests."""
    parts = parts_of(predictions, "mean")
    return {frozenset(part.sample_id) for part in parts}


def ratio_of_test_to_training(source: Source) -> float:
    """Patients tested in a fold to those trained on, the mean over the folds.

    Where it isn't known how many trained, all that the fold does not test.
    """
    predictions = source.predictions
    patients, folds = np.array(predictions.patient_id), np.array(predictions.fold)
    everybody = len(set(patients))
    ratios = []
    for fold in np.unique(folds):
        tested = len(set(patients[folds == fold]))
        trained = source.training.get(str(fold), everybody - tested)
        ratios.append(tested / max(1, trained))
    return float(np.mean(ratios))
