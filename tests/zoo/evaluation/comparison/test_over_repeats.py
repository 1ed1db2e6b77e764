import numpy as np
import pytest
from scipy.stats import ttest_rel

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.comparison.models import (
    in_folds,
    other_model,
    pair,
    relabelled,
)
from tests.zoo.evaluation.repeated import dealt
from zoo.evaluation.comparison import contributions, objectives, over_repeats
from zoo.evaluation.comparison.contributions import Contributions
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.comparison.variance_over_repeats import variance
from zoo.evaluation.predictions.predictions import take

AUC = objectives.named("val_auc")
BRIER = objectives.named("brier")
KAPPA = objectives.named("kappa")


def repeats_of(predictions, count, *, seed=10, folds=0):
    """The model trained anew, each time on another deal."""
    made = [other_model(predictions, seed + r, noise=0.7) for r in range(count)]
    if not folds:
        return made
    return [dealt(each, folds, seed + r) for r, each in enumerate(made)]


def difference(mine, other, objective, aggregate="pooled", **options):
    sides = over_repeats.pair(mine, other, objective, aggregate, **options)
    return contributions.difference(*sides)


def test_of_areas_it_is_delongs_contrast_of_all_repeats():
    """DeLong, DeLong and Clarke-Pearson (1988), by brute force: 3 curves against 2."""
    mine = repeats_of(cohort(24, seed=1), 3)
    other = repeats_of(other_model(cohort(24, seed=1), 5, noise=2), 2, seed=30)
    ill = mine[0].label == 1
    wins, losses = [], []
    for each in (*mine, *other):
        scores = each.probabilities[:, 1]
        won = scores[ill][:, None] > scores[~ill]
        wins.append(won.mean(axis=1))
        losses.append(won.mean(axis=0))
    contrast = np.array([1 / 3] * 3 + [-1 / 2] * 2)
    covariance = np.cov(wins) / ill.sum() + np.cov(losses) / (~ill).sum()
    both = difference(mine, other, AUC)
    assert both.value == pytest.approx(contrast @ np.mean(wins, axis=1))
    assert spread(both).error ** 2 == pytest.approx(contrast @ covariance @ contrast)


def test_of_means_it_is_the_paired_t_test_of_each_patients_mean():
    mine = repeats_of(cohort(20), 4)
    other = repeats_of(other_model(cohort(20), 3), 4, seed=50)
    errors = [
        np.mean([(e.probabilities[:, 1] - e.label) ** 2 for e in each], axis=0)
        for each in (mine, other)
    ]
    wanted = ttest_rel(*errors)
    both = difference(mine, other, BRIER)
    found = spread(both)
    factor = both.value / (errors[0] - errors[1]).mean()  # of two classes
    assert both.value / found.error == pytest.approx(wanted.statistic)
    assert found.degrees == pytest.approx(wanted.df)
    assert factor in (pytest.approx(1), pytest.approx(2))


@pytest.mark.parametrize("aggregate", ["pooled", "mean"])
@pytest.mark.parametrize("samples_each", [1, 3])
def test_the_same_repeat_thrice_says_no_more_than_once(aggregate, samples_each):
    first = in_folds(cohort(36, ("a", "b", "c"), samples_each=samples_each), 3)
    second = other_model(first, 3)
    if samples_each > 1:
        first, second = relabelled(first, 1), relabelled(second, 1)
    once = difference([first], [second], AUC, aggregate)
    thrice = difference([first] * 3, [second] * 2, AUC, aggregate)
    assert thrice.value == pytest.approx(once.value)
    assert np.allclose(np.sort(thrice.values), np.sort(once.values))
    assert spread(thrice).error == pytest.approx(spread(once).error)
    assert spread(thrice).degrees == pytest.approx(spread(once).degrees)


def test_the_mean_of_folds_has_the_order_of_patients_and_not_of_folds():
    """Two plain cross-validations of other deals: each patient beside itself."""
    first = dealt(cohort(24), 3, 1)
    turned = dealt(other_model(first, 2), 3, 7)
    assert first.fold != turned.fold
    both = difference([first], [turned], BRIER, "mean")
    pooled = difference([first], [turned], BRIER)  # equal folds: the same mean
    assert both.value == pytest.approx(pooled.value)
    assert spread(both).error == pytest.approx(spread(pooled).error, rel=0.15)


@pytest.mark.parametrize("size", [2, 4])
def test_small_folds_do_not_make_the_variance_small(size):
    """Of deviations from folds' means, dealt thrice, on the average the truth."""
    draw = np.random.default_rng(0)
    patients, found = 12, []
    fold = np.arange(patients) // size
    for _ in range(120):
        person = draw.normal(size=patients)
        parts = []
        for _ in range(3):
            own = fold[draw.permutation(patients)]
            value = person + 0.5 * draw.normal(size=patients)
            means = np.bincount(own, value) / size
            part = Contributions(
                patients=tuple(map(str, range(patients))),
                fold=own,
                value=0.0,
                influence=((value - means[own]) / patients)[:, None],
                members=np.ones((patients, 1), bool),
            )
            parts.append((1 / 3, part))
        found.append(variance(parts).total)
    truth = (1 + 0.25 / 3) / patients
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(truth, abs=3 * error)


def test_whom_a_repeat_does_not_judge_yet_has_no_part_in_it():
    """As of a trial within its second deal."""
    whole, begun = repeats_of(cohort(24), 2, folds=3)
    judged = np.flatnonzero(np.array(begun.fold) == "0")
    found = over_repeats.of(
        [whole, take(begun, judged)], BRIER, "mean", weights=[3 / 4, 1 / 4]
    )
    folds = [BRIER.of(part) for part in contributions.parts_of(whole, "mean")]
    wanted = np.mean([*folds, BRIER.of(take(begun, judged))])
    assert found.value == pytest.approx(wanted)
    first, second = (part for _, part in found.parts)
    assert len(found.patients) == 24
    assert (second.fold < 0).sum() == 24 - len(judged)
    assert not second.influence[second.fold < 0].any()
    assert spread(found).error > 0


def test_one_patient_of_a_class_in_a_fold_has_no_spread():
    first, second = (in_folds(each, 6) for each in pair(12))
    both = difference([first, first], [second, second], AUC, "mean")
    assert spread(both).reason == "a class or a column has one patient alone"


def test_what_is_no_mean_has_no_contributions():
    first, second = pair(20)
    assert over_repeats.pair([first, first], [second], KAPPA, "pooled") is None


def test_figures_are_means_and_resamples_the_same_patients():
    repeats = repeats_of(cohort(20), 3)
    values = [KAPPA.of(repeat) for repeat in repeats]
    assert over_repeats.whole(repeats, KAPPA, "pooled") == pytest.approx(
        np.mean(values)
    )
    weights = np.random.default_rng(1).integers(0, 3, size=(5, 20))
    score = over_repeats.scorer(repeats, KAPPA, "pooled")
    each = [over_repeats.scorer([r], KAPPA, "pooled")(weights) for r in repeats]
    assert np.allclose(score(weights), np.mean(each, axis=0))


def test_contributions_of_other_patients_make_no_difference():
    first, second = pair(20)
    sides = [contributions.of(each, BRIER) for each in (first, take(second, range(18)))]
    with pytest.raises(ValueError, match="the same patients"):
        contributions.difference(*sides)


def test_the_order_of_a_repeat_is_the_firsts():
    first, second = pair(10)
    turned = take(second, range(10)[::-1])
    assert over_repeats.in_order_of(first, turned).sample_id == first.sample_id
    with pytest.raises(DataError, match="not judge the same samples: 1 differ"):
        over_repeats.in_order_of(first, take(second, range(9)))
