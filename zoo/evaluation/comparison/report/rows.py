"""The rows of a comparison: every figure of every pair of sources, and its test.

Of gains the difference of two differences is tested, a sum of four figures of the same
patients with weights 1, -1, -1, 1, by the same methods: of areas DeLong's contrast, of
means the t test of the patients' differences, else the bootstrap.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from zoo.evaluation.comparison import (
    area_difference,
    contributions,
    holm,
    mcnemar,
    over_repeats,
    paired_bootstrap,
)
from zoo.evaluation.comparison.figures_of_merit import FigureOfMerit
from zoo.evaluation.comparison.forms import Areas
from zoo.evaluation.comparison.inference import Inference, of_spread
from zoo.evaluation.comparison.mcnemar import Discordance
from zoo.evaluation.comparison.report import fold_rows
from zoo.evaluation.comparison.report.row import (
    Contrast,
    Gains,
    Pair,
    Question,
    Row,
    margin_of,
)
from zoo.evaluation.comparison.report.same_patients import SamePatients
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.predictions.predictions import Predictions

# With fewer patients intervals of these methods cover less than they say, if not by
# much (docs/comparison.md).
_FEW = 100
_APPROXIMATE = ("t", "obuchowski_means", "bootstrap")


def pairs_of(
    names: Sequence[str], reference: str | None = None, *, every: bool = False
) -> list[Pair]:
    """Every other source against the reference (none = the first), or every pair."""
    if every:
        return [(b, a) for i, a in enumerate(names) for b in names[i + 1 :]]
    beside = names[0] if reference is None else reference
    return [(name, beside) for name in names if name != beside]


def gains_of(names: Sequence[str]) -> list[Gains]:
    """The first gain against every other, of names in pairs: base, model, ...

    >>> gains_of(["a", "b", "c", "d"])
    [(('b', 'a'), ('d', 'c'))]
    """
    first, *others = zip(names[1::2], names[::2], strict=True)
    return [(first, other) for other in others]


def of(same: SamePatients, question: Question) -> list[Row]:
    """The rows, figure by figure; p adjusted over all that have the same unit.

    Raises:
        DataError: other folds, where they are asked for.
    """
    models = {
        source.name: [repeat.predictions for repeat in source.repeats]
        for source in same.sources
    }
    settings = question.settings
    values = {
        name: {
            figure.name: over_repeats.whole(
                repeats, figure.objective, question.aggregate
            )
            for figure in question.figures
        }
        for name, repeats in models.items()
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
        for contrast in question.contrasts:
            differences = sum(
                weight * drawn[name][figure.name] for weight, name in contrast.terms
            )
            bootstrap = paired_bootstrap.inference(
                differences, patients, settings.confidence
            )
            row = _row(models, values, figure, contrast, bootstrap, question)
            rows.append(row)
    rows = _adjusted(rows)
    if question.by_fold:
        rows += _adjusted(fold_rows.of(same.sources, question))
    return rows


def _row(
    models: Mapping[str, Sequence[Predictions]],
    values: Mapping[str, Mapping[str, float]],
    figure: FigureOfMerit,
    contrast: Contrast,
    bootstrap: Inference,
    question: Question,
) -> Row:
    own = {name: values[name][figure.name] for _, name in contrast.terms}
    without = next((name for name, value in own.items() if math.isnan(value)), None)
    if without is not None:
        reason = f"{figure.name} of {without} is undefined on these patients"
        inference, discordance = Inference(method="", reason=reason), None
    else:
        inference, discordance = tested(models, figure, contrast, bootstrap, question)
        inference = _of_few(inference, len(set(models[contrast.model][0].patient_id)))
        inference = inference.within(
            figure.objective, 1 if contrast.over is None else 2
        )
    value, reference_value = (
        sum(weight * own[name] for weight, name in side) for side in contrast.sides
    )
    return Row(
        figure=figure,
        **vars(contrast),
        value=value,
        reference_value=reference_value,
        inference=inference,
        bootstrap=bootstrap,
        discordance=discordance,
        margin=margin_of(inference, figure, question.margin),
    )


def tested(
    models: Mapping[str, Sequence[Predictions]],
    figure: FigureOfMerit,
    contrast: Contrast,
    bootstrap: Inference,
    question: Question,
) -> tuple[Inference, Discordance | None]:
    """By the method that suits the figure, and of proportions how the calls differ.

    Over repeats a patient's calls are averaged: they differ by a share, of which
    McNemar's test knows nothing, and proportions are means as others are. So they do of
    gains, by up to two.

    Args:
        models: the repeats of each.
    """
    weights = [weight for weight, _ in contrast.terms]
    compared = [models[name] for _, name in contrast.terms]
    first, objective = compared[0][0], figure.objective
    confidence = question.settings.confidence
    form = objective.form(first.kind)
    clustered = len(set(first.patient_id)) < len(first)
    discordance = None
    single = contrast.over is None and all(len(repeats) == 1 for repeats in compared)
    if figure.proportion and question.aggregate == "pooled" and single:
        discordance = mcnemar.counted(form.terms(first), form.terms(compared[1][0]))
        if not clustered:
            return mcnemar.inference(discordance, confidence), discordance
    sums = over_repeats.several(compared, objective, question.aggregate)
    if sums is None:
        return bootstrap, None
    terms = [*zip(weights, sums, strict=True)]
    if isinstance(form, Areas):
        method = "obuchowski_auc" if clustered else "delong"
        return area_difference.contrast(terms, method, confidence), None
    both = contributions.contrast(terms)
    joint = spread(both)
    method = "obuchowski_means" if clustered else "t"
    if joint.reason:
        same = not both.influence.any() and both.value == 0
        p = 1.0 if same else None
        return Inference(method=method, p=p, reason=joint.reason), discordance
    return of_spread(method, both.value, joint, confidence), discordance


def _of_few(inference: Inference, patients: int) -> Inference:
    """With a note where so few patients make it approximate."""
    if inference.method not in _APPROXIMATE or patients >= _FEW:
        return inference
    note = f"approximate: fewer than {_FEW} patients" if inference.p is not None else ""
    return dataclasses.replace(inference, note=note)


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
