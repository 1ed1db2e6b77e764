"""Does one model gain more than another? Rows of gains, on the same patients."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.comparison.models import in_folds, other_model
from tests.zoo.evaluation.comparison.report.tables import sources
from tests.zoo.evaluation.repeated import repeats_of
from zoo.evaluation.comparison import figures_of_merit
from zoo.evaluation.comparison.report import comparison, rows, same_patients, verdict
from zoo.evaluation.comparison.report.row import Question
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.results.settings import Settings

ALPHA, COHORTS = 0.05, 400
CHANCE = 3 * np.sqrt(ALPHA * (1 - ALPHA) / COHORTS)  # three standard errors of a share


def four(seed, patients=60, noises=(3.0, 1.0, 3.0, 1.0), signal=2.0, **options):
    """Base and tuned of one model, and of another."""
    first = cohort(patients, signal=signal, seed=seed, **options)
    return [
        other_model(first, 10_000 + 4 * seed + number, noise=noise)
        for number, noise in enumerate(noises)
    ]


def gained(*models, figures=("auc",), resamples=200, **options):
    """The whole comparison of the gain from a to b with that from c to d."""
    return of_sources(sources(*models), figures, resamples, **options)


def of_sources(given_sources, figures, resamples, **options):
    same = same_patients.joined(given_sources)
    first = same.sources[0].predictions
    question = Question(
        gains=rows.gains_of([source.name for source in same.sources]),
        figures=[figures_of_merit.named(name, first) for name in figures],
        settings=Settings(bootstrap=resamples),
        **options,
    )
    return comparison.of(same, question)


def row_of(*models, figure="auc", **options):
    return gained(*models, figures=[figure], **options).rows[0]


def test_it_is_the_difference_of_two_differences():
    models = four(1)
    objective = figures_of_merit.named("auc", models[0]).objective
    a, b, c, d = map(objective.of, models)
    row = row_of(*models)
    assert row.titles == ("b over a", "d over c")
    assert row.value == pytest.approx(b - a)
    assert row.reference_value == pytest.approx(d - c)
    assert row.difference == pytest.approx((b - a) - (d - c))
    assert row.inference.low < row.difference < row.inference.high
    assert row.bootstrap.low < row.difference < row.bootstrap.high


def test_a_known_one():
    """Eight patients by hand: right in (a, b, c, d), gains .5 and .125."""
    label = [0, 0, 0, 0, 1, 1, 1, 1]
    wrong = ([0, 1, 4, 5, 6], [2], [0, 1, 4], [0, 1])
    models = []
    for rows_of_model in wrong:
        called = np.array(label)
        called[rows_of_model] = 1 - called[rows_of_model]
        models.append(given(label, np.where(called == 1, 0.9, 0.1)))
    row = row_of(*models, figure="accuracy")
    assert (row.value, row.reference_value) == pytest.approx((0.5, 0.125))
    gains = np.array([1, 1, -1, 0, 0, 1, 1, 0])  # (b - a) - (d - c), patient by patient
    assert row.inference.p == pytest.approx(ttest_1samp(gains, 0).pvalue)
    assert row.inference.method == "t" and row.discordance is None


@pytest.mark.parametrize("figure", ["auc", "accuracy"])
def test_equal_gains_are_called_different_as_often_as_alpha_says(figure):
    """Of models that are exchangeable; blind to the covariances it is 1 in 400."""
    called = [row_without_bootstrap(seed, figure).p < ALPHA for seed in range(COHORTS)]
    assert abs(np.mean(called) - ALPHA) < CHANCE


def row_without_bootstrap(seed, figure):
    models = four(seed, noises=(1.5, 1.0, 1.5, 1.0), signal=0.7)
    names = "abcd"
    question = Question(
        gains=rows.gains_of(names),
        figures=[figures_of_merit.named(figure, models[0])],
    )
    (contrast,) = question.contrasts
    by_name = {name: [model] for name, model in zip(names, models)}
    return rows.tested(by_name, question.figures[0], contrast, None, question)[0]


def test_a_gain_that_is_larger_is_found():
    row = row_of(*four(3, patients=200, noises=(20, 0.5, 1, 1)))
    assert row.inference.p < 0.001
    assert verdict.short(row, 0.95) == "b over a gains more"
    words = verdict.sentence(row, 0.95, lambda value: f"{value:.1f}")
    assert words.startswith("b over a gains more than d over c, by 0.")


def test_of_losses_to_gain_is_to_become_smaller():
    row = row_of(*four(3, patients=200, noises=(20, 0.5, 1, 1)), figure="brier")
    assert row.value < 0 and row.difference < 0
    assert verdict.short(row, 0.95) == "b over a gains more"


def test_what_remains_possible_is_said_of_gains():
    words = verdict.sentence(row_of(*four(1)), 0.95, lambda value: f"{value:.2f}")
    assert words.startswith("no difference shown; b over a may gain from 0.")
    assert " less to 0." in words and words.endswith(" more")


@pytest.mark.parametrize(
    ("figure", "method"),
    [("auc", "delong"), ("accuracy", "t"), ("brier", "t"), ("kappa", "bootstrap")],
)
def test_the_other_way_round_the_sign_is_the_other(figure, method):
    models = four(5)
    row = row_of(*models, figure=figure)
    back = row_of(*models[2:], *models[:2], figure=figure)
    assert row.inference.method == back.inference.method == method
    assert row.difference == pytest.approx(-back.difference)
    ends = (-back.inference.high, -back.inference.low)
    assert (row.inference.low, row.inference.high) == pytest.approx(ends, abs=1e-9)
    assert row.inference.p == pytest.approx(back.inference.p)


def test_over_one_base_it_is_the_difference_of_the_two_models():
    base, b, _, d = four(2)
    row = row_of(base, b, base, d, figure="brier")
    objective = figures_of_merit.named("brier", base).objective
    assert row.difference == pytest.approx(objective.of(b) - objective.of(d))


def test_three_gains_are_two_rows_and_holm_is_over_both():
    first = cohort(60, signal=2)
    models = [other_model(first, seed) for seed in range(6)]
    found = gained(*models)
    assert [row.titles for row in found.rows] == [
        ("b over a", "d over c"),
        ("b over a", "f over e"),
    ]
    assert found.tests == 2


def test_an_interval_may_reach_beyond_one():
    label = [0, 0, 0, 1, 1, 1] * 2
    good = [0.1, 0.2, 0.6, 0.7, 0.8, 0.55] * 2
    bad = [1 - score for score in good]
    models = [given(label, scores) for scores in (bad, good, good, bad)]
    row = row_of(*models)
    assert row.difference == pytest.approx(2 * row.value) and row.value > 0.7
    assert 1 < row.inference.high <= 2


def test_samples_of_a_patient_stay_together():
    models = four(1, patients=20, samples_each=3)
    named = figures_of_merit.named("accuracy", models[0])
    same = same_patients.joined(sources(*models), level="sample")
    question = Question(
        gains=rows.gains_of("abcd"), figures=[named], settings=Settings(bootstrap=200)
    )
    (row,) = comparison.of(same, question).rows
    right = [decide(m.probabilities) == m.label for m in models]
    a, b, c, d = (each.astype(float).reshape(20, 3).mean(axis=1) for each in right)
    assert row.inference.method == "obuchowski_means"
    assert row.inference.p == pytest.approx(ttest_1samp((b - a) - (d - c), 0).pvalue)


def test_over_folds():
    models = [in_folds(each, 4) for each in four(1, patients=48)]
    by_patient, by_fold = gained(*models, by_fold=True).rows
    objective = by_fold.figure.objective
    folds = np.array(models[0].fold)

    def of_folds(model):
        parts = [np.flatnonzero(folds == fold) for fold in "0123"]
        return np.array(
            [objective.of(same_patients.take(model, part)) for part in parts]
        )

    a, b, c, d = map(of_folds, models)
    gains = (b - a) - (d - c)
    assert by_fold.folds == 4 and by_fold.over == ("a", "c")
    assert by_fold.difference == pytest.approx(gains.mean())
    error = np.sqrt((1 / 4 + 1 / 3) * np.var(gains, ddof=1))
    width = by_fold.inference.high - by_fold.inference.low
    assert width == pytest.approx(2 * 3.182446 * error)
    mean = gained(*models, aggregate="mean").rows[0]
    assert mean.difference == pytest.approx(gains.mean())
    assert by_patient.difference != pytest.approx(gains.mean())


def test_over_repeats_a_gain_is_the_mean_of_theirs():
    deals = [repeats_of(seed) for seed in range(4)]
    given_sources = []
    for name, repeats in zip("abcd", deals):
        first, *further = sources(*repeats)
        named = [dataclasses.replace(each, name=name) for each in (first, *further)]
        given_sources.append(dataclasses.replace(named[0], further=tuple(named[1:])))
    (row,) = of_sources(given_sources, ["auc"], 200).rows
    objective = row.figure.objective
    a, b, c, d = (np.mean([objective.of(r) for r in repeats]) for repeats in deals)
    assert row.difference == pytest.approx((b - a) - (d - c))
    assert row.inference.low < row.difference < row.inference.high
