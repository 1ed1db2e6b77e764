import math

import numpy as np
import pytest
from scipy.stats import ttest_rel

from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.comparison.models import in_folds, pair, relabelled
from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation.comparison import contributions, objectives
from zoo.evaluation.comparison.forms import resampled
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.metrics.delong import delong_variance
from zoo.evaluation.predictions.predictions import take

AUC = objectives.named("val_auc")
LOSS = objectives.named("val_loss")


def test_of_two_classes_it_is_delongs():
    predictions = cohort(31, signal=0.5)
    found = spread(contributions.of(predictions, AUC))
    scores = predictions.probabilities[:, 1]
    variance = delong_variance(predictions.label == 1, scores)
    assert found.error**2 == pytest.approx(variance)


def test_of_a_difference_it_is_delongs_of_correlated_curves():
    """DeLong, DeLong and Clarke-Pearson (1988), by brute force."""
    first, second = pair(25)
    both = contributions.difference(
        contributions.of(first, AUC), contributions.of(second, AUC)
    )
    positive = first.label == 1
    wins, losses = [], []
    for each in (first, second):
        scores = each.probabilities[:, 1]
        won = scores[positive][:, None] > scores[~positive]
        wins.append(won.mean(axis=1))
        losses.append(won.mean(axis=0))
    covariance = np.cov(wins) / positive.sum() + np.cov(losses) / (~positive).sum()
    contrast = np.array([1, -1])
    assert spread(both).error ** 2 == pytest.approx(contrast @ covariance @ contrast)


def test_with_several_samples_a_patient_it_is_obuchowskis():
    """Obuchowski (1997): sums over clusters."""
    predictions = relabelled(cohort(20, samples_each=3, signal=0.0), 1)
    found = spread(contributions.of(predictions, AUC))
    scores, ill = predictions.probabilities[:, 1], predictions.label == 1
    patients = np.array(predictions.patient_id)
    won = scores[ill][:, None] > scores[~ill]
    area, m, n = won.mean(), ill.sum(), (~ill).sum()
    s10 = s01 = s11 = 0.0
    names = np.unique(patients)
    for name in names:
        mine, its = patients[ill] == name, patients[~ill] == name
        a = (won.mean(axis=1)[mine] - area).sum()
        b = (won.mean(axis=0)[its] - area).sum()
        s10, s01, s11 = s10 + a * a, s01 + b * b, s11 + a * b
    i10, i01, i = (len(np.unique(patients[rows])) for rows in (ill, ~ill, ill | ~ill))
    s10 *= i10 / (i10 - 1) / m
    s01 *= i01 / (i01 - 1) / n
    s11 *= i / (i - 1)
    wanted = s10 / m + s01 / n + 2 * s11 / (m * n)
    assert found.error**2 == pytest.approx(wanted)


def test_of_a_mean_it_is_students_paired_test():
    first, second = pair(21)
    both = contributions.difference(
        contributions.of(first, LOSS), contributions.of(second, LOSS)
    )
    found = spread(both)
    rows = np.arange(21)
    losses = [-np.log(e.probabilities[rows, e.label]) for e in (first, second)]
    assert found.degrees == pytest.approx(20)
    p = 2 * found.at_most(-abs(both.value))
    assert p == pytest.approx(ttest_rel(*losses).pvalue)


def test_of_the_mean_over_folds_it_is_that_of_independent_folds():
    predictions = in_folds(cohort(36, ("a", "b", "c"), signal=0.5), 3)
    found = spread(contributions.of(predictions, AUC, "mean"))
    parts = contributions.parts_of(predictions, "mean")
    errors = [spread(contributions.of(part, AUC)).error for part in parts]
    assert found.error == pytest.approx(math.sqrt(np.square(errors).sum()) / 3)


def test_degrees_of_freedom_are_welchs():
    predictions = cohort(31, signal=0.5)
    positive, scores = predictions.label == 1, predictions.probabilities[:, 1]
    won = scores[positive][:, None] > scores[~positive]
    parts = [
        (np.var(won.mean(axis=axis), ddof=1) / number, number - 1)
        for axis, number in ((1, positive.sum()), (0, (~positive).sum()))
    ]
    wanted = sum(v for v, _ in parts) ** 2 / sum(v**2 / (d + 2) for v, d in parts)
    assert spread(contributions.of(predictions, AUC)).degrees == pytest.approx(
        wanted - 2
    )


@pytest.mark.parametrize("kind", ["three classes", "labels", "three classes each"])
def test_of_many_patients_it_is_the_bootstraps(kind):
    predictions = {
        "three classes": cohort(300, ("a", "b", "c"), signal=0.5),
        "labels": labelled(300, samples_each=2, signal=0.3, unknown=0.3),
        "three classes each": relabelled(
            cohort(300, ("a", "b", "c"), samples_each=3, signal=0.3), 0
        ),
    }[kind]
    found = spread(contributions.of(predictions, AUC))
    patient = np.unique(predictions.patient_id, return_inverse=True)[1]
    draw = np.random.default_rng(0)
    weights = draw.multinomial(300, np.full(300, 1 / 300), size=1500)[:, patient]
    values = resampled(AUC.form(predictions.kind), predictions, weights)
    assert found.error == pytest.approx(values.std(), rel=0.06)


def test_a_class_of_one_patient_has_none():
    predictions = take(cohort(9), [0, 1, 2, 4])
    found = spread(contributions.of(predictions, AUC))
    assert found.reason == "a class or a column has one patient alone"


def test_separated_classes_have_none():
    predictions = given([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])
    found = spread(contributions.of(predictions, AUC))
    assert found.reason == "no patient tells them apart"
