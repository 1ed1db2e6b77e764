import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.comparison.models import in_folds, other_model
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.comparison import contributions, objectives
from zoo.evaluation.comparison.selection import corrected
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.predictions.predictions import take

AUC = objectives.named("val_auc")
LOSS = objectives.named("val_loss")
MAE = objectives.named("val_mae")


def equal(count, patients=60, classes=("a", "b"), *, seed=0, **options):
    """Candidates that are equally good, on folds of the same patients."""
    base = in_folds(cohort(patients, classes, signal=1, seed=seed, **options), 3)
    seeds = np.random.SeedSequence(seed).spawn(count)
    return {f"{i}": other_model(base, own) for i, own in enumerate(seeds)}


def differing(patients=60):
    base = in_folds(cohort(patients, signal=3), 3)
    return {
        name: other_model(base, seed, noise=noise)
        for seed, (name, noise) in enumerate(
            {"bad": 9, "good": 0.3, "worse": 20}.items()
        )
    }


@pytest.mark.parametrize("aggregate", ["pooled", "mean"])
def test_of_equal_candidates_the_winners_figure_is_corrected_to_the_truth(aggregate):
    truth = AUC.of(equal(1, patients=20_000)["0"])
    naive, estimates = [], []
    for seed in range(25):
        found = corrected(
            equal(12, seed=seed), AUC, aggregate=aggregate, resamples=60, seed=seed
        )
        naive.append(found.naive - truth)
        estimates.append(found.estimate - truth)
    error = np.std(estimates) / 5
    assert np.mean(naive) > 4 * error
    assert abs(np.mean(estimates)) < 3 * error
    assert abs(np.mean(estimates)) < 0.4 * np.mean(naive)


@pytest.mark.parametrize("aggregate", ["pooled", "mean"])
def test_of_equal_candidates_the_lead_is_luck(aggregate):
    found = corrected(equal(30), AUC, aggregate=aggregate, resamples=200)
    assert found.lead > 0
    assert found.share_of_luck > 0.5
    assert max(found.chosen.values()) < 0.9


def test_a_clear_winner_has_its_lead_by_merit():
    found = corrected(differing(), AUC, resamples=200)
    assert found.winner == "good"
    assert found.chosen == {"bad": 0, "good": 1, "worse": 0}
    assert found.share_of_luck < 0.05
    assert found.lead > 0.1


def test_the_figures_are_those_of_the_patients_left_out():
    """BBC-CV (Tsamardinos et al., 2018), with rows in place of weights."""
    candidates = equal(4, patients=24)
    found = corrected(candidates, AUC, resamples=40, seed=7)
    models = list(candidates.values())
    generator = np.random.default_rng(7)
    wanted = []
    for _ in range(40):
        drawn = generator.integers(24, size=24)
        scores = [_area(model, drawn) for model in models]
        left = np.setdiff1d(np.arange(24), drawn)
        wanted.append(_area(models[int(np.argmax(scores))], left))
    assert found.left_out == pytest.approx(wanted)
    assert found.estimate == pytest.approx(np.mean(wanted))


def _area(predictions, rows):
    label, scores = predictions.label[rows], predictions.probabilities[rows, 1]
    won = scores[label == 1][:, None] > scores[label == 0]
    return won.mean()


def test_an_error_is_chosen_for_being_small():
    candidates = {str(n): numbered(40, noise=n) for n in (3.0, 1.0, 2.0)}
    truth = numbered(40).truth
    assert all(np.array_equal(each.truth, truth) for each in candidates.values())
    found = corrected(candidates, MAE, resamples=100)
    assert found.winner == "1.0"
    assert found.naive == pytest.approx(MAE.of(candidates["1.0"]))
    assert found.lead > 0


@pytest.mark.parametrize("name", ["val_loss", "kappa"])
@pytest.mark.parametrize("aggregate", ["pooled", "mean"])
def test_luck_is_positive_whatever_the_direction(name, aggregate):
    objective = objectives.named(name)
    found = corrected(equal(20), objective, aggregate=aggregate, resamples=200)
    assert found.luck > 0
    assert (found.estimate > found.naive) == (objective.direction == "min")


def test_the_interval_lies_about_the_estimate():
    found = corrected(equal(10), AUC, resamples=300)
    assert found.interval.low < found.estimate < found.interval.high
    wide = corrected(equal(10), AUC, resamples=300, confidence=0.99)
    assert wide.interval.low < found.interval.low
    assert wide.estimate == found.estimate


@pytest.mark.parametrize("aggregate", ["pooled", "mean"])
def test_the_interval_is_as_wide_as_the_winners_own(aggregate):
    candidates = equal(10)
    found = corrected(candidates, LOSS, aggregate=aggregate, resamples=50)
    own = spread(contributions.of(candidates[found.winner], LOSS, aggregate))
    width = found.interval.high - found.interval.low
    assert found.interval.method == "t"
    assert width == pytest.approx(2 * own.half(0.95))
    middle = (found.interval.high + found.interval.low) / 2
    assert middle == pytest.approx(found.estimate)


def test_the_interval_ends_where_the_objective_does():
    found = corrected({"a": cohort(16, signal=0.8)}, AUC, resamples=50)
    assert found.interval.high == 1


def test_without_contributions_the_interval_is_that_of_those_left_out():
    found = corrected(equal(5), objectives.named("kappa"), resamples=200)
    low, high = np.quantile(found.left_out, (0.025, 0.975))
    assert found.interval.method == "bootstrap"
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))


def test_the_mean_over_folds_is_that_of_their_objectives():
    candidates = equal(3, classes=("a", "b", "c"))
    found = corrected(candidates, AUC, aggregate="mean", resamples=20)
    winner = candidates[found.winner]
    folds = np.array(winner.fold)
    parts = [AUC.of(take(winner, np.flatnonzero(folds == f))) for f in "012"]
    assert found.naive == pytest.approx(np.mean(parts))


def test_folds_of_two_patients_a_class_are_resampled():
    """Half of their resamples lack a class; what the others have is averaged."""
    base = in_folds(cohort(50, tuple("abcde"), signal=1), 5)
    candidates = {str(i): other_model(base, i) for i in range(4)}
    found = corrected(candidates, AUC, aggregate="mean", resamples=100)
    assert np.isfinite(found.left_out).mean() > 0.9
    assert found.interval.low < found.estimate < found.interval.high


def test_a_candidate_alone_has_no_lead():
    found = corrected(equal(1), AUC, resamples=300)
    assert (found.winner, found.lead, found.share_of_luck) == ("0", 0, None)
    assert found.estimate == pytest.approx(found.naive, abs=0.02)


def test_samples_of_a_patient_are_drawn_together():
    candidates = equal(3, patients=20, samples_each=4)
    found = corrected(candidates, LOSS, resamples=50, seed=1)
    assert found.patients == 20
    one = {name: take(each, range(0, 80, 4)) for name, each in candidates.items()}
    assert corrected(one, LOSS, resamples=50, seed=1).patients == 20


def test_one_seed_gives_one_result_however_many_are_held_at_a_time(monkeypatch):
    whole = corrected(equal(4), AUC, resamples=50, seed=3)
    monkeypatch.setattr("zoo.evaluation.comparison.resampled_choice._BLOCK", 700)
    parts = corrected(equal(4), AUC, resamples=50, seed=3)
    assert parts.left_out == pytest.approx(whole.left_out)
    assert parts.interval == whole.interval


def test_no_candidate_is_an_error():
    with pytest.raises(DataError, match="wants candidates. Received: none"):
        corrected({}, AUC)


def test_an_undefined_candidate_is_named():
    found = cohort(9, ("a", "b", "c"))
    two = take(found, np.flatnonzero(found.label < 2))
    with pytest.raises(DataError, match="val_auc of candidate first is undefined"):
        corrected({"first": two}, AUC)


def test_patients_who_are_too_few_are_an_error():
    two = given([0, 1], [0.2, 0.7])
    with pytest.raises(DataError, match="no resample has a val_auc of the patients"):
        corrected({"a": two}, AUC, resamples=20)


def test_other_patients_are_an_error():
    first = cohort(20)
    with pytest.raises(DataError, match="the same patients"):
        corrected({"a": first, "b": take(first, range(18))}, AUC)


def test_a_confidence_is_a_share():
    with pytest.raises(ValueError, match="confidence must be between"):
        corrected(equal(2), AUC, confidence=95)


def test_a_tie_goes_to_the_first():
    first = cohort(20)
    twice = {"a": first, "b": dataclasses.replace(first)}
    found = corrected(twice, AUC, resamples=10)
    assert found.winner == "a"
    assert found.chosen == {"a": 1, "b": 0}
