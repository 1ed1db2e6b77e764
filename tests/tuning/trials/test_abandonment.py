import dataclasses

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_rel

from pipelines.errors import DataError, UsageError
from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.comparison.models import in_folds, other_model
from tests.zoo.evaluation.numbered import numbered
from tuning.trials.abandonment import Abandonment, has_a_chance
from zoo.evaluation.comparison import objectives
from zoo.evaluation.comparison.paired import compare
from zoo.evaluation.predictions.predictions import take

AUC = objectives.named("val_auc")
LOSS = objectives.named("val_loss")
RULE = Abandonment()


def parts(predictions, folds=5):
    """The predictions of each fold."""
    predictions = in_folds(predictions, folds)
    names = np.array(predictions.fold)
    return [take(predictions, np.flatnonzero(names == f)) for f in np.unique(names)]


def whole(signal=1.5, patients=50, classes=("a", "b"), seed=0):
    return cohort(patients, classes, signal=signal, seed=seed)


def test_a_trial_that_is_much_worse_has_none():
    best = whole(3)
    worse = other_model(best, 1, noise=6)
    for objective in (AUC, LOSS):
        found = has_a_chance(parts(worse)[:3], parts(best)[:3], objective, RULE)
        assert not found.goes_on
        assert found.p < 0.05


def test_a_trial_that_leads_has_one():
    best = whole(3)
    worse = other_model(best, 1, noise=6)
    for objective in (AUC, LOSS):
        found = has_a_chance(parts(best)[:3], parts(worse)[:3], objective, RULE)
        assert found.goes_on
        assert found.p > 0.95


def test_p_is_half_of_the_paired_tests_where_it_is_behind():
    best = in_folds(whole(2), 5)
    trial = other_model(best, 4, noise=1.5)
    for aggregate in ("mean", "pooled"):
        wanted = compare(trial, best, AUC, aggregate=aggregate)
        assert wanted.difference < 0
        found = has_a_chance(parts(trial), parts(best), AUC, RULE, aggregate=aggregate)
        assert found.p == pytest.approx(wanted.p / 2)


def test_of_repeats_patients_count_once_with_their_mean():
    """Two deals done: Student's one-sided test of each patient's mean."""
    best = whole(2)
    models = [other_model(best, seed, noise=1.5) for seed in range(4)]
    mine, its = (
        [part for model in pair for part in parts(model, 2)]
        for pair in (models[:2], models[2:])
    )
    found = has_a_chance(mine, its, LOSS, RULE, aggregate="pooled", folds_each=2)
    losses = [-np.log(each.probabilities)[range(50), each.label] for each in models]
    gains = np.mean(losses[:2], axis=0) - np.mean(losses[2:], axis=0)
    wanted = ttest_1samp(gains, 0, alternative="greater").pvalue
    assert found.p == pytest.approx(wanted)
    assert "50 patients" in found.reason
    within = has_a_chance(mine[:3], its[:3], LOSS, RULE, folds_each=2)
    assert "50 patients" in within.reason
    assert 0 < within.p < 1 and within.p != found.p


def test_of_errors_it_is_students_one_sided_test():
    best = in_two_classes_of_folds(numbered(40, noise=1.0))
    draw = np.random.default_rng(0)
    off = best.outputs["pred"] + draw.normal(size=(40, 1))
    trial = dataclasses.replace(best, outputs={"pred": off})
    found = has_a_chance([trial], [best], objectives.named("val_mae"), RULE)
    errors = [abs(e.outputs["pred"] - e.truth)[:, 0] for e in (trial, best)]
    assert found.p == pytest.approx(ttest_rel(*errors, alternative="greater").pvalue)


def in_two_classes_of_folds(predictions):
    return dataclasses.replace(predictions, fold=("0",) * len(predictions))


def test_the_level_decides():
    best = whole(2)
    trial = other_model(best, 4, noise=1.5)
    arguments = parts(trial)[:2], parts(best)[:2], AUC
    p = has_a_chance(*arguments, RULE).p
    assert 0.01 < p < 0.49
    assert has_a_chance(*arguments, Abandonment(p=p * 0.99)).goes_on
    assert not has_a_chance(*arguments, Abandonment(p=p * 1.01)).goes_on


def test_the_reason_has_the_numbers():
    best = whole(3)
    found = has_a_chance(parts(other_model(best, 1, noise=6)), parts(best), AUC, RULE)
    assert found.reason.startswith("val_auc 0.")
    assert "behind on 50 patients, p " in found.reason


def test_few_patients_are_not_tested():
    best = whole(3)
    worse = other_model(best, 1, noise=20)
    found = has_a_chance(
        parts(worse)[:1], parts(best)[:1], AUC, Abandonment(patients=11)
    )
    assert (found.goes_on, found.p) == (True, None)
    assert found.reason == "not tested: 10 patients of 11"


def test_an_objective_without_contributions_is_never_given_up():
    best = whole(3)
    worse = other_model(best, 1, noise=20)
    found = has_a_chance(parts(worse), parts(best), objectives.named("kappa"), RULE)
    assert (found.goes_on, found.p) == (True, None)
    assert found.reason == "kappa has no contributions of patients to test"


def test_a_recorded_objective_is_never_given_up():
    best = numbered(20)
    found = has_a_chance([best], [best], LOSS, RULE)
    assert (found.goes_on, found.p) == (True, None)
    assert found.reason == "val_loss of a regression is not had from predictions"


def test_a_fold_without_a_class_is_not_tested():
    best = parts(whole(3))
    rows = np.flatnonzero(best[0].label == 0)
    mine = [take(best[0], rows), best[1]]
    found = has_a_chance(mine, mine, AUC, RULE)
    assert (found.goes_on, found.p) == (True, None)
    assert found.reason == "not tested: val_auc is undefined on a fold"


def test_the_same_predictions_are_not_tested():
    best = parts(whole(1))
    found = has_a_chance(best, best, AUC, RULE)
    assert (found.goes_on, found.p) == (True, None)
    assert found.reason == "not tested: no patient tells them apart"


def test_other_folds_are_an_error():
    best = parts(whole(1))
    with pytest.raises(DataError, match="the same patients. Received: 20 of 20 only"):
        has_a_chance(best[:2], best[2:4], AUC, RULE)


def test_equal_trials_are_given_up_as_often_as_p_says():
    """One fold of ten patients and five classes, the smallest that is tested."""
    given_up, rule = 0, Abandonment(p=0.2)
    for seed in range(200):
        base = cohort(10, tuple("abcde"), signal=1.5, seed=seed)
        first, second = (other_model(base, 2 * seed + i) for i in range(2))
        given_up += not has_a_chance([first], [second], AUC, rule).goes_on
    assert 0.05 < given_up / 200 < 0.3


@pytest.mark.parametrize("p", [0, 0.5, 1])
def test_a_level_of_no_sense(p):
    with pytest.raises(UsageError, match=r"above 0 and below .5"):
        Abandonment(p=p)


def test_a_rule_that_there_is_not():
    with pytest.raises(UsageError, match="by the rule paired. Received: 'mean'"):
        Abandonment(rule="mean")


def test_one_patient_is_no_rule():
    with pytest.raises(UsageError, match="2 patients or more. Received: 1"):
        Abandonment(patients=1)
