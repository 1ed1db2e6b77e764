"""The rows of a comparison: every figure of every pair of sources, and its test."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from zoo.evaluation.comparison import (
    area_difference,
    contributions,
    fold_differences,
    holm,
    mcnemar,
    paired,
    paired_bootstrap,
)
from zoo.evaluation.comparison.contributions import Aggregate, parts_of
from zoo.evaluation.comparison.figures_of_merit import FigureOfMerit
from zoo.evaluation.comparison.forms import Areas
from zoo.evaluation.comparison.inference import Inference, of_spread
from zoo.evaluation.comparison.mcnemar import Discordance
from zoo.evaluation.comparison.report.same_patients import SamePatients
from zoo.evaluation.comparison.report.sources import Source
from zoo.evaluation.comparison.resampled_objective import whole
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.settings import Settings

Pair = tuple[str, str]  # names of the model and of the reference
# With fewer patients intervals of these methods cover less than they say, if not by
# much (docs/comparison.md).
_FEW = 100
_APPROXIMATE = ("t", "obuchowski_means", "bootstrap")


@dataclass(frozen=True, kw_only=True)
class Margin:
    """What a comparison says of a margin.

    Args:
        size: how much worse may still be called as good, in units of the figure.
        p: one-sided, that the model is worse by the margin or more; none for a reason.
        p_holm: the same, adjusted as the p of the row is.
    """

    size: float
    p: float | None
    p_holm: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One figure of a model beside that of the reference.

    Args:
        figure: and which direction is better.
        model, reference: names of sources.
        value, reference_value: NaN where undefined.
        inference: on value - reference_value.
        bootstrap: likewise, by resamples; none over folds.
        discordance: of proportions, how the calls differ; else none.
        p_holm: adjusted for all rows of the table that have the same unit.
        margin: none where none was asked for.
        folds: how many the row is over; 0 = patients.
    """

    figure: FigureOfMerit
    model: str
    reference: str
    value: float
    reference_value: float
    inference: Inference
    bootstrap: Inference | None = None
    discordance: Discordance | None = None
    p_holm: float | None = None
    margin: Margin | None = None
    folds: int = 0

    @property
    def difference(self) -> float:
        """value - reference_value."""
        return self.value - self.reference_value


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is compared, and how.

    Args:
        pairs: of sources.
        figures: of merit.
        settings: confidence, resamples and seed.
        aggregate: over folds, see `contributions.of`.
        margin: none, or of the one figure.
        by_fold: whether the folds' differences are tested too.
    """

    pairs: Sequence[Pair]
    figures: Sequence[FigureOfMerit]
    settings: Settings = field(default_factory=Settings)
    aggregate: Aggregate = "pooled"
    margin: float | None = None
    by_fold: bool = False


def pairs_of(
    names: Sequence[str], reference: str | None = None, *, every: bool = False
) -> list[Pair]:
    """Every other source against the reference (none = the first), or every pair."""
    if every:
        return [(b, a) for i, a in enumerate(names) for b in names[i + 1 :]]
    beside = names[0] if reference is None else reference
    return [(name, beside) for name in names if name != beside]


def of(same: SamePatients, question: Question) -> list[Row]:
    """The rows, figure by figure; p adjusted over all that have the same unit.

    Raises:
        DataError: other folds, where they are asked for.
    """
    models = {source.name: source.predictions for source in same.sources}
    settings = question.settings
    values = {
        name: {
            figure.name: whole(predictions, figure.objective, question.aggregate)
            for figure in question.figures
        }
        for name, predictions in models.items()
    }
    drawn = paired_bootstrap.replicates(
        models,
        question.figures,
        question.aggregate,
        resamples=settings.bootstrap,
        seed=settings.seed,
    )
    patients = len(set(same.sources[0].predictions.patient_id))
    rows = []
    for figure in question.figures:
        for model, reference in question.pairs:
            differences = drawn[model][figure.name] - drawn[reference][figure.name]
            bootstrap = paired_bootstrap.inference(
                differences, patients, settings.confidence
            )
            row = _row(models, values, figure, (model, reference), bootstrap, question)
            rows.append(row)
    rows = _adjusted(rows)
    if question.by_fold:
        rows += _adjusted(_by_fold(same.sources, question))
    return rows


def _row(
    models: Mapping[str, Predictions],
    values: Mapping[str, Mapping[str, float]],
    figure: FigureOfMerit,
    pair: Pair,
    bootstrap: Inference,
    question: Question,
) -> Row:
    value, reference_value = (values[name][figure.name] for name in pair)
    if math.isnan(value) or math.isnan(reference_value):
        without = pair[0] if math.isnan(value) else pair[1]
        reason = f"{figure.name} of {without} is undefined on these patients"
        inference, discordance = Inference(method="", reason=reason), None
    else:
        mine, other = (models[name] for name in pair)
        inference, discordance = _inference(mine, other, figure, bootstrap, question)
        inference = _of_few(inference, len(set(mine.patient_id)))
    return Row(
        figure=figure,
        model=pair[0],
        reference=pair[1],
        value=value,
        reference_value=reference_value,
        inference=inference,
        bootstrap=bootstrap,
        discordance=discordance,
        margin=_margin(inference, figure, question.margin),
    )


def _inference(
    mine: Predictions,
    other: Predictions,
    figure: FigureOfMerit,
    bootstrap: Inference,
    question: Question,
) -> tuple[Inference, Discordance | None]:
    """By the method that suits the figure, and of proportions how the calls differ."""
    objective, confidence = figure.objective, question.settings.confidence
    form = objective.form(mine.kind)
    clustered = len(set(mine.patient_id)) < len(mine)
    discordance = None
    if figure.proportion and question.aggregate == "pooled":
        discordance = mcnemar.counted(form.terms(mine), form.terms(other))
        if not clustered:
            return mcnemar.inference(discordance, confidence), discordance
    if isinstance(form, Areas):
        method = "obuchowski_auc" if clustered else "delong"
        both = (
            contributions.of(each, objective, question.aggregate)
            for each in (mine, other)
        )
        return area_difference.inference(*both, method, confidence), None
    tested = paired.difference(mine, other, objective, question.aggregate)
    if tested is None:
        return bootstrap, None
    both, spread = tested
    method = "obuchowski_means" if clustered else "t"
    if spread.reason:
        same = not both.influence.any() and both.value == 0
        p = 1.0 if same else None
        return Inference(method=method, p=p, reason=spread.reason), discordance
    return of_spread(method, both.value, spread, confidence), discordance


def _of_few(inference: Inference, patients: int) -> Inference:
    """With a note where so few patients make it approximate."""
    if inference.method not in _APPROXIMATE or patients >= _FEW:
        return inference
    note = f"approximate: fewer than {_FEW} patients" if inference.p is not None else ""
    return dataclasses.replace(inference, note=note)


def _margin(
    inference: Inference, figure: FigureOfMerit, size: float | None
) -> Margin | None:
    if size is None:
        return None
    if inference.above is None or inference.below is None:
        return Margin(size=size, p=None)
    larger = figure.objective.sign > 0
    p = inference.above(-size) if larger else inference.below(size)
    return Margin(size=size, p=p)


def _adjusted(rows: Sequence[Row]) -> list[Row]:
    """With Holm's p, of the test against 0 and of that against the margin."""
    ps = holm.adjusted([row.inference.p for row in rows])
    margins = holm.adjusted([row.margin.p if row.margin else None for row in rows])
    return [
        dataclasses.replace(
            row,
            p_holm=p,
            margin=row.margin and dataclasses.replace(row.margin, p_holm=margin),
        )
        for row, p, margin in zip(rows, ps, margins)
    ]


def _by_fold(sources: Sequence[Source], question: Question) -> list[Row]:
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
                    margin=_margin(inference, figure, question.margin),
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
