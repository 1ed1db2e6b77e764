"""An objective over the repeats of a cross-validation: their mean.

The same patients are judged in every repeat, in other folds. So the mean is one
objective of these patients: each contributes the mean of what he contributes to the
repeats, and whoever is drawn into a resample is drawn in all of them. More repeats do
not make patients more. What is no repeated cross-validation is one repeat.
"""

from collections.abc import Sequence

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.comparison import contributions, resampled_objective
from zoo.evaluation.comparison.contributions import Aggregate, Contributions
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.resampled_objective import Scorer
from zoo.evaluation.predictions.predictions import Predictions, take

ABSENT = -1  # the fold of a patient whom a repeat does not judge (yet)


def in_order_of(first: Predictions, repeat: Predictions) -> Predictions:
    """A repeat's rows in the order of the first's.

    Raises:
        DataError: it has other samples.
    """
    row = {sample: number for number, sample in enumerate(repeat.sample_id)}
    if set(row) != set(first.sample_id):
        raise DataError(
            "the repeats did not judge the same samples: "
            f"{len(set(row) ^ set(first.sample_id))} differ. Train them anew, on "
            "one data set"
        )
    return take(repeat, [row[sample] for sample in first.sample_id])


def whole(
    repeats: Sequence[Predictions], objective: Objective, aggregate: Aggregate
) -> float:
    """The objective of all; NaN where that of a repeat is undefined."""
    values = [
        resampled_objective.whole(repeat, objective, aggregate) for repeat in repeats
    ]
    return float(np.mean(values))


def scorer(
    repeats: Sequence[Predictions], objective: Objective, aggregate: Aggregate
) -> Scorer:
    """The objective of resamples, which are the same in every repeat.

    Args:
        repeats: of the same samples in the same order.
    """
    each = [
        resampled_objective.scorer(repeat, objective, aggregate) for repeat in repeats
    ]
    return lambda weights: np.mean([score(weights) for score in each], axis=0)


def of(
    repeats: Sequence[Predictions],
    objective: Objective,
    aggregate: Aggregate,
    weights: Sequence[float] | None = None,
) -> Contributions | None:
    """What patients contribute to the mean, by ascending patient_id.

    Pooled repeats of all patients have no folds that differ, so that the mean is as one
    objective; else it keeps its parts.

    Args:
        repeats: of the same patients, or some of them.
        weights: of the repeats, of sum 1; none = equal ones.
    Returns:
        None if the objective is no mean over samples or pairs of them.
    Raises:
        DataError: the objective is undefined in a repeat.
    """
    each = [contributions.of(repeat, objective, aggregate) for repeat in repeats]
    if any(part is None for part in each):
        return None
    if weights is None:
        weights = [1 / len(each)] * len(each)
    everybody = np.unique(np.concatenate([part.patients for part in each]))
    parts = tuple(
        (weight, _on(everybody, part))
        for weight, part in zip(weights, each, strict=True)
    )
    alike = all(np.array_equal(part.fold, parts[0][1].fold) for _, part in parts)
    return Contributions(
        patients=tuple(everybody.tolist()),
        fold=np.zeros(len(everybody), np.int64),
        value=float(sum(weight * part.value for weight, part in parts)),
        influence=sum(weight * part.influence for weight, part in parts),
        members=np.any([part.members for _, part in parts], axis=0),
        parts=() if aggregate == "pooled" and alike else parts,
    )


def single(
    repeats: Sequence[Predictions], objective: Objective, aggregate: Aggregate
) -> Contributions | None:
    """As `of`, of what is compared with nothing; one repeat by its own folds."""
    if len(repeats) == 1:
        return contributions.of(repeats[0], objective, aggregate)
    return of(repeats, objective, aggregate)


def _on(everybody: np.ndarray, part: Contributions) -> Contributions:
    """The contributions on the rows of everybody, in that order."""
    row = np.searchsorted(everybody, part.patients)
    shape = (len(everybody), part.influence.shape[1])
    fold = np.full(len(everybody), ABSENT)
    influence, members = np.zeros(shape), np.zeros(shape, bool)
    fold[row], influence[row], members[row] = part.fold, part.influence, part.members
    return Contributions(
        patients=tuple(everybody.tolist()),
        fold=fold,
        value=part.value,
        influence=influence,
        members=members,
    )


def pair(
    mine: Sequence[Predictions],
    other: Sequence[Predictions],
    objective: Objective,
    aggregate: Aggregate,
    weights: Sequence[float] | None = None,
) -> tuple[Contributions, Contributions] | None:
    """What patients contribute to the objective of two models, in one order.

    Args:
        mine, other: the repeats of each, on the same samples; of one there may be more
            than of the other.
        weights: see `of`; of both alike.
    Returns, Raises:
        As `of`.
    """
    return several((mine, other), objective, aggregate, weights)


def several(
    models: Sequence[Sequence[Predictions]],
    objective: Objective,
    aggregate: Aggregate,
    weights: Sequence[float] | None = None,
) -> tuple[Contributions, ...] | None:
    """As `pair`, of two models or more."""
    first = models[0][0]
    alike = aggregate == "pooled" or all(
        model[0].fold == first.fold for model in models
    )
    if alike and all(len(model) == 1 for model in models):
        each = [contributions.of(model[0], objective, aggregate) for model in models]
    else:
        each = [of(model, objective, aggregate, weights) for model in models]
    return None if any(model is None for model in each) else tuple(each)
