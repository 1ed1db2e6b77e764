import dataclasses

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_rel

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.comparison.models import in_folds, other_model, pair
from tests.zoo.evaluation.comparison.report.tables import compared, sources
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.comparison import area_difference, contributions, holm
from zoo.evaluation.comparison.report.fold_rows import ratio_of_test_to_training
from zoo.evaluation.comparison.report.rows import pairs_of
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.predictions.predictions import take


def right(predictions):
    return decide(predictions.probabilities) == predictions.label


def test_accuracy_is_tested_by_mcnemar():
    first, second = pair(60, signal=1, seed=4)
    (row,) = compared(first, second, figures=["accuracy"]).rows
    mine, other = right(second), right(first)
    b, c = int((mine & ~other).sum()), int((other & ~mine).sum())
    assert (row.discordance.mine, row.discordance.other) == (b, c)
    assert row.inference.p == pytest.approx(binomtest(b, b + c).pvalue)
    assert row.difference == pytest.approx(mine.mean() - other.mean())
    assert row.inference.method == "mcnemar"


def test_a_sensitivity_is_of_its_class_alone():
    first, second = pair(60, signal=1, seed=4)
    (row,) = compared(first, second, figures=["sensitivity:ill"]).rows
    ill = first.label == 1
    mine, other = right(second)[ill], right(first)[ill]
    assert row.discordance.units == 30
    assert row.difference == pytest.approx(mine.mean() - other.mean())
    trials = int((mine != other).sum())
    wanted = binomtest(int((mine & ~other).sum()), trials).pvalue
    assert row.inference.p == pytest.approx(wanted)


def test_samples_of_a_patient_are_tested_as_obuchowski_has_it():
    """Statistics in Medicine 17, 1998: patients' sums about the mean, by t."""
    first, second = pair(40, samples_each=3, signal=1, seed=2)
    (row,) = compared(first, second, figures=["accuracy"], level="sample").rows
    gains = (right(second).astype(float) - right(first)).reshape(40, 3).mean(axis=1)
    assert row.inference.p == pytest.approx(ttest_rel(gains, 0 * gains).pvalue)
    assert row.inference.method == "obuchowski_means"
    assert row.discordance.units == 120


@pytest.mark.parametrize(
    ("models", "figure", "method"),
    [
        (pair(40), "auc", "delong"),
        (pair(40, ("a", "b", "c")), "auc", "delong"),
        (pair(40), "balanced_accuracy", "t"),
        (pair(40), "brier", "t"),
        (pair(40), "kappa", "bootstrap"),
        (pair(40), "f1:ill", "bootstrap"),
        ((labelled(40), labelled(40, signal=1)), "auc", "delong"),
        ((numbered(40), numbered(40, noise=2)), "mae", "t"),
        ((numbered(40), numbered(40, noise=2)), "r2", "bootstrap"),
    ],
)
def test_every_figure_has_a_method_and_a_bootstrap_beside_it(models, figure, method):
    if models[0].names == ("cyst", "fat", "scar"):
        models = (models[0], dataclasses.replace(models[0], outputs=models[1].outputs))
    (row,) = compared(*models, figures=[figure]).rows
    objective = row.figure.objective
    assert row.inference.method == method
    assert row.value == pytest.approx(objective.of(models[1]))
    assert row.difference == pytest.approx(row.value - row.reference_value)
    assert row.inference.low < row.difference < row.inference.high
    assert row.bootstrap.low < row.bootstrap.high
    assert 0 <= row.inference.p <= 1


def test_holm_is_over_all_rows():
    first, second = pair(40)
    third = other_model(first, 7, noise=2)
    found = compared(first, second, third, figures=["auc", "accuracy"], every=True)
    assert len(found.rows) == found.tests == 6
    wanted = holm.adjusted([row.inference.p for row in found.rows])
    assert [row.p_holm for row in found.rows] == pytest.approx(wanted)


def test_pairs():
    assert pairs_of("abc") == [("b", "a"), ("c", "a")]
    assert pairs_of("abc", "b") == [("a", "b"), ("c", "b")]
    assert pairs_of("abc", every=True) == [("b", "a"), ("c", "a"), ("c", "b")]


@pytest.mark.parametrize(
    ("figure", "side"), [("auc", "low"), ("accuracy", "low"), ("brier", "high")]
)
def test_the_p_of_a_margin_is_that_of_the_end_of_the_interval(figure, side):
    first, second = pair(60, signal=1, seed=3)
    (row,) = compared(first, second, figures=[figure]).rows
    margin = abs(getattr(row.inference, side))
    (row,) = compared(first, second, figures=[figure], margin=margin).rows
    assert row.margin.p == pytest.approx(0.025, abs=1e-4)


@pytest.mark.parametrize(
    ("figure", "patients", "note"),
    [
        ("brier", 98, "approximate: fewer than 100 patients"),
        ("kappa", 98, "approximate: fewer than 100 patients"),
        ("brier", 100, ""),
        ("auc", 98, ""),
        ("accuracy", 98, ""),
    ],
)
def test_of_few_patients_some_methods_are_approximate(figure, patients, note):
    (row,) = compared(*pair(patients), figures=[figure]).rows
    assert row.inference.note == note


def test_one_model_twice():
    first, _ = pair()
    found = compared(first, first, figures=["auc", "accuracy", "kappa"])
    assert [row.difference for row in found.rows] == [0, 0, 0]
    assert [row.inference.p for row in found.rows] == [1, 1, None]


def test_a_figure_that_is_undefined_is_not_tested_and_the_others_are():
    first, second = (take(each, range(0, 30, 2)) for each in pair(30))  # one class
    auc, accuracy = compared(first, second, figures=["auc", "accuracy"]).rows
    assert np.isnan(auc.value)
    assert auc.inference.reason == "auc of b is undefined on these patients"
    assert accuracy.inference.p is not None


def perfect_and_poor():
    """Areas of 1 and 2/9 over six patients."""
    label = [0, 0, 0, 1, 1, 1]
    perfect = given(label, [0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    return perfect, given(label, [0.9, 0.8, 0.25, 0.3, 0.2, 0.85])


@pytest.mark.parametrize("sign", [-1, 1])
def test_an_interval_ends_where_no_difference_of_areas_can_lie(sign):
    models = perfect_and_poor()[::-sign]
    (row,) = compared(*models).rows
    objective = row.figure.objective
    other, mine = (contributions.of(each, objective) for each in models)
    free = area_difference.inference(mine, other, "delong", 0.95)
    ends = sorted((sign * row.inference.low, sign * row.inference.high))
    freely = sorted((sign * free.low, sign * free.high))
    assert freely[1] > 1 and ends == [freely[0], 1]
    assert row.inference.p == free.p


def test_so_does_one_over_folds():
    first, second = perfect_and_poor()
    fold = tuple("010101")
    models = [dataclasses.replace(each, fold=fold) for each in (first, second)]
    row = compared(*models, by_fold=True).rows[-1]
    assert row.folds == 2
    assert (row.inference.low, row.inference.high) == (-1, 1)


def test_over_folds_means_and_the_corrected_test():
    first, second = (in_folds(each, 4) for each in pair(48, signal=1))
    found = compared(first, second, figures=["accuracy"], by_fold=True)
    _, by_fold = found.rows
    gains = [
        right(second)[np.array(first.fold) == f].mean()
        - right(first)[np.array(first.fold) == f].mean()
        for f in "0123"
    ]
    assert by_fold.folds == 4
    assert by_fold.difference == pytest.approx(np.mean(gains))
    error = np.sqrt((1 / 4 + 1 / 3) * np.var(gains, ddof=1))
    assert by_fold.inference.high - by_fold.inference.low == pytest.approx(
        2 * 3.182446 * error
    )
    assert found.tests == 1


def test_figures_over_folds_are_their_mean():
    first, second = (in_folds(each, 4) for each in pair(48, signal=1))
    (row,) = compared(first, second, aggregate="mean").rows
    objective = row.figure.objective
    parts = [np.flatnonzero(np.array(first.fold) == f) for f in "0123"]
    wanted = np.mean([objective.of(take(second, rows)) for rows in parts])
    assert row.value == pytest.approx(wanted)


def test_other_folds_are_an_error_there():
    first, second = pair(24)
    with pytest.raises(DataError, match="different folds: of 3 and 2 folds 0 test"):
        compared(in_folds(first, 2), in_folds(second, 3), by_fold=True)


def test_training_patients_are_those_of_the_runs_or_all_others():
    model = in_folds(cohort(24), 4)
    (known,) = sources(model, training={f: 12 for f in "0123"})
    assert ratio_of_test_to_training(known) == pytest.approx(6 / 12)
    (unknown,) = sources(model)
    assert ratio_of_test_to_training(unknown) == pytest.approx(6 / 18)
