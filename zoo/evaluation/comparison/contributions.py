"""What each patient contributes to an objective.

Of a mean over samples these are the samples' terms, of areas under ROC curves DeLong's
placements: of a positive the share of negatives that it beats, of a negative the share
of positives that beat it (DeLong, DeLong and Clarke-Pearson, 1988; by midranks: Sun and
Xu, 2014). A patient's samples are added up (Obuchowski, Biometrics 53, 1997).
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.comparison.forms import Areas, Curve, Mean, Other
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.metrics.placements import placements
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions, take

Aggregate = Literal["mean", "pooled"]  # over the folds, or of all predictions as one


@dataclass(frozen=True, kw_only=True, eq=False)
class Contributions:
    """An objective as a sum over P patients in G groups.

    Groups are what a resample may lack: the classes, presence and absence of a label,
    or the columns of numbers.

    Args:
        patients: P pseudonyms.
        fold: number of each patient's fold, int `[P]`; all 0 where folds are pooled.
        value: the objective.
        influence: what a patient's samples in a group add to the objective, less what
            they would add if they were as the others, `[P, G]`. Their sum over a fold
            is 0.
        members: whether the patient has a sample in the group, bool `[P, G]`.
        parts: of a weighted sum of objectives that have other folds, the weights and
            what patients contribute to each, see `over_repeats`; empty = the objective
            is one.
    """

    patients: tuple[str, ...]
    fold: np.ndarray
    value: float
    influence: np.ndarray
    members: np.ndarray
    parts: "tuple[tuple[float, Contributions], ...]" = ()

    @property
    def values(self) -> np.ndarray:
        """Of each patient `[P]`, in units of the objective, which is their mean."""
        return self.value + len(self.patients) * self.influence.sum(axis=1)


def of(
    predictions: Predictions, objective: Objective, aggregate: Aggregate = "pooled"
) -> Contributions | None:
    """The contributions of patients, by ascending patient_id within a fold.

    Args:
        aggregate: `"pooled"`: the objective of all predictions; `"mean"`: the mean of
            the objectives of each `fold` that they name.
    Returns:
        None if the objective is no mean over samples or pairs of them.
    Raises:
        DataError: the objective is undefined, there or in a fold.
    """
    form = objective.form(predictions.kind)
    if isinstance(form, Other):
        return None
    parts = [_of_part(part, form) for part in parts_of(predictions, aggregate)]
    for number, part in enumerate(parts, start=1):
        if np.isnan(part.value):
            raise DataError(
                f"{objective.name} is undefined on part {number} of {len(parts)}: a "
                "class or a column has no sample there"
            )
    return _mean(parts)


def parts_of(predictions: Predictions, aggregate: Aggregate) -> list[Predictions]:
    """The predictions as one part, or those of each fold, in the order of names."""
    if aggregate == "pooled":
        return [predictions]
    folds = np.array(predictions.fold)
    return [take(predictions, np.flatnonzero(folds == f)) for f in np.unique(folds)]


def _mean(parts: Sequence[Contributions]) -> Contributions:
    """Of the mean of the parts' objectives."""
    return Contributions(
        patients=sum((part.patients for part in parts), ()),
        fold=np.repeat(np.arange(len(parts)), [len(part.patients) for part in parts]),
        value=float(np.mean([part.value for part in parts])),
        influence=np.concatenate([part.influence for part in parts]) / len(parts),
        members=np.concatenate([part.members for part in parts]),
    )


def _of_part(predictions: Predictions, form: Mean | Areas) -> Contributions:
    if isinstance(form, Mean):
        value, influence, members = _of_mean(*form.columns(predictions))
    else:
        value, influence, members = _of_areas(predictions, form)
    patient = patient_index(predictions)
    patients = np.unique(np.array(predictions.patient_id))
    added = np.zeros((len(patients), influence.shape[1]))
    np.add.at(added, patient, influence)
    present = np.zeros(added.shape, bool)
    np.logical_or.at(present, patient, members)
    return Contributions(
        patients=tuple(patients.tolist()),
        fold=np.zeros(len(patients), np.int64),
        value=value,
        influence=added,
        members=present,
    )


_OfSamples = tuple[float, np.ndarray, np.ndarray]  # value, influence, members `[N, G]`


def _of_mean(sums: np.ndarray, numbers: np.ndarray) -> _OfSamples:
    """A group for each column."""
    totals = numbers.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums.sum(axis=0) / totals
        influence = (sums - numbers * means) / totals / len(means)
    return float(means.mean()), influence, numbers > 0


def _of_areas(predictions: Predictions, form: Areas) -> _OfSamples:
    """A group for each class; of labels one for the presence and absence of each."""
    curves = form.curves(predictions)
    areas, influences, sides = [], [], []
    for curve in curves:
        area, influence = _placements(curve)
        known = curve.known
        if np.isnan(area) and form.defined_alone:  # nobody is in its groups
            influence, known = np.zeros(len(known)), np.zeros(len(known), bool)
        else:
            areas.append(area)
        influences.append(influence)
        sides += [known & curve.positive, known & ~curve.positive]
    if not areas:
        return np.nan, np.zeros((len(predictions), 1)), np.zeros((len(predictions), 1))
    if predictions.kind.single_label:
        members = np.eye(len(predictions.names), dtype=bool)[predictions.label]
        grouped = members * np.sum(influences, axis=0)[:, None]
    else:
        members = np.stack(sides, axis=1)
        grouped = members * np.repeat(np.stack(influences, axis=1), 2, axis=1)
    return float(np.mean(areas)), grouped / len(areas), members


def _placements(curve: Curve) -> tuple[float, np.ndarray]:
    """The area, and what each sample adds to it beyond its share, `[N]`."""
    influence = np.zeros(len(curve.known))
    known = curve.known
    area, influence[known] = placements(curve.positive[known], curve.scores[known])
    return area, influence


def difference(mine: Contributions, other: Contributions) -> Contributions:
    """To the difference mine - other, see `contrast`."""
    return contrast(((1, mine), (-1, other)))


def contrast(terms: Sequence[tuple[int, Contributions]]) -> Contributions:
    """To a sum of objectives with weights, of the same samples.

    Raises:
        ValueError: their patients are others, or come in another order; some alone are
            sums of parts.
    """
    first = terms[0][1]
    for _, term in terms:
        if term.patients != first.patients or bool(term.parts) != bool(first.parts):
            raise ValueError("contributions to a difference are of the same patients")
    return dataclasses.replace(
        first,
        value=sum(weight * term.value for weight, term in terms),
        influence=sum(weight * term.influence for weight, term in terms),
        parts=tuple(
            (weight * share, part)
            for weight, term in terms
            for share, part in term.parts
        ),
    )
