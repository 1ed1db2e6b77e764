"""The rows over folds: do two ways to train differ, not these networks?"""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.comparison import fold_differences, paired
from zoo.evaluation.comparison.contributions import parts_of
from zoo.evaluation.comparison.report.row import Question, Row, margin_of
from zoo.evaluation.comparison.report.sources import Source


def of(sources: Sequence[Source], question: Question) -> list[Row]:
    """The means over folds, and Nadeau and Bengio's test of their differences."""
    by_name = {source.name: source for source in sources}
    rows = []
    for figure in question.figures:
        for pair in question.pairs:
            mine, other = (by_name[name] for name in pair)
            paired.aligned(mine.predictions, other.predictions, "mean")  # same folds
            values = [
                np.array([figure.objective.of(part) for part in parts])
                for parts in (parts_of(s.predictions, "mean") for s in (mine, other))
            ]
            inference = fold_differences.inference(
                values[0] - values[1],
                ratio_of_test_to_training(mine),
                question.settings.confidence,
            )
            rows.append(
                Row(
                    figure=figure,
                    model=pair[0],
                    reference=pair[1],
                    value=float(values[0].mean()),
                    reference_value=float(values[1].mean()),
                    inference=inference,
                    margin=margin_of(inference, figure, question.margin),
                    folds=len(values[0]),
                )
            )
    return rows


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
