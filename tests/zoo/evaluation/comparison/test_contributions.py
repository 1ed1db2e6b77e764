import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.comparison.models import in_folds, pair
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.comparison import contributions, objectives
from zoo.evaluation.comparison.forms import Other, resampled
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.predictions.predictions import take
from zoo.targets.ordinal import ORDINAL

CLASSES = ("a", "b", "c")
AUC = objectives.named("val_auc")
ALL = {
    "classification": cohort(30, CLASSES, samples_each=3, signal=0.7),
    "ordinal": cohort(30, CLASSES, samples_each=3, signal=0.7, kind=ORDINAL),
    "multilabel": labelled(samples_each=2, signal=0.4, unknown=0.3),
    "regression": numbered(names=("fat", "kpa"), samples_each=2, unknown=0.3),
}
CASES = [
    (objective, kind)
    for objective in objectives.OBJECTIVES.values()
    for kind, form in objective.forms.items()
    if not isinstance(form, Other)
]


def placements(above, below):
    """By brute force: of each positive and of each negative, ties counting half."""
    wins = (above[:, None] > below) + 0.5 * (above[:, None] == below)
    return wins.mean(axis=1), wins.mean(axis=0)


def test_of_two_classes_they_are_delongs_placements():
    label = np.array([0, 1, 0, 1, 1, 0, 0])
    scores = np.array([0.1, 0.4, 0.4, 0.9, 0.3, 0.2, 0.8])
    found = contributions.of(given(label, scores), AUC)
    wins, losses = placements(scores[label == 1], scores[label == 0])
    area = wins.mean()
    wanted = np.empty(7)
    wanted[label == 1] = area + 7 / 3 * (wins - area)
    wanted[label == 0] = area + 7 / 4 * (losses - area)
    assert found.value == pytest.approx(area)
    assert found.values == pytest.approx(wanted)


def test_of_more_classes_they_are_means_of_one_against_the_rest():
    predictions = cohort(20, CLASSES, signal=0.5)
    found = contributions.of(predictions, AUC)
    wanted = np.zeros(20)
    for c in range(3):
        positive = predictions.label == c
        scores = predictions.probabilities[:, c]
        wins, losses = placements(scores[positive], scores[~positive])
        wanted[positive] += (wins - wins.mean()) / positive.sum() / 3
        wanted[~positive] += (losses - wins.mean()) / (~positive).sum() / 3
    assert found.influence.sum(axis=1) == pytest.approx(wanted)
    assert (found.members.argmax(axis=1) == predictions.label).all()


def test_a_labels_placements_are_among_those_who_know_it():
    predictions = labelled(names=("a", "b"), signal=0.3, unknown=0.4)
    found = contributions.of(predictions, AUC)
    for column in range(2):
        truth = predictions.truth[:, column]
        scores = predictions.outputs["logit"][:, column]
        wins, losses = placements(scores[truth == 1], scores[truth == 0])
        present = (wins - wins.mean()) / len(wins) / 2
        absent = (losses - wins.mean()) / len(losses) / 2
        influence = found.influence[:, 2 * column : 2 * column + 2]
        assert influence[truth == 1, 0] == pytest.approx(present)
        assert influence[truth == 0, 1] == pytest.approx(absent)
        assert not influence[np.isnan(truth)].any()


@pytest.mark.parametrize(("objective", "kind"), CASES)
@pytest.mark.parametrize("aggregate", ["pooled", "mean"])
def test_the_objective_is_their_mean(objective, kind, aggregate):
    predictions = in_folds(ALL[kind], 2)
    found = contributions.of(predictions, objective, aggregate)
    parts = contributions.parts_of(predictions, aggregate)
    wanted = np.mean([objective.of(part) for part in parts])
    assert found.value == pytest.approx(wanted)
    assert found.values.mean() == pytest.approx(wanted)
    assert sorted(found.patients) == sorted(set(predictions.patient_id))


@pytest.mark.parametrize(("objective", "kind"), CASES)
def test_they_are_what_a_little_more_of_a_patient_changes(objective, kind):
    """The infinitesimal jackknife: the derivative by the weight of each patient."""
    predictions, step = ALL[kind], 1e-6
    found = contributions.of(predictions, objective)
    patients = np.array(predictions.patient_id)
    weights = np.ones((len(found.patients), len(predictions)))
    for row, name in enumerate(found.patients):
        weights[row, patients == name] += step
    more = resampled(objective.form(predictions.kind), predictions, weights)
    wanted = (more - found.value) / step
    assert found.influence.sum(axis=1) == pytest.approx(wanted, abs=1e-5)


def test_the_mean_over_folds_takes_placements_within_a_fold():
    predictions = in_folds(cohort(24, CLASSES, signal=0.5), 2)
    found = contributions.of(predictions, AUC, "mean")
    fold = np.array(predictions.fold) == "1"
    own = contributions.of(take(predictions, np.flatnonzero(fold)), AUC)
    assert found.influence[found.fold == 1] == pytest.approx(own.influence / 2)
    assert np.array(found.patients)[found.fold == 1].tolist() == [*own.patients]


def test_an_objective_of_no_mean_has_none():
    assert contributions.of(ALL["classification"], objectives.named("kappa")) is None
    assert contributions.of(ALL["regression"], objectives.named("spearman")) is None


def test_an_objective_that_a_fold_leaves_undefined():
    predictions = in_folds(cohort(12, CLASSES), 4)
    folds = tuple("0" if c == 0 else f for c, f in zip(predictions.label, "0123" * 3))
    predictions = type(predictions)(**{**vars(predictions), "fold": folds})
    with pytest.raises(DataError, match="val_auc is undefined on part 2 of 4"):
        contributions.of(predictions, AUC, "mean")


def test_labels_without_an_area_are_an_error():
    predictions = labelled(4, names=("a",))
    with pytest.raises(DataError, match="undefined on part 1 of 1"):
        contributions.of(take(predictions, [0, 1]), AUC)


def test_the_difference_is_of_patients():
    first, second = (contributions.of(each, AUC) for each in pair())
    found = contributions.difference(first, second)
    assert found.values == pytest.approx(first.values - second.values)


def test_a_fold_that_lacks_a_label_is_the_mean_of_the_others():
    predictions = in_folds(labelled(80), 4)
    truth = predictions.truth.copy()
    truth[np.array(predictions.fold) == "1", 0] = 0
    predictions = dataclasses.replace(predictions, truth=truth)
    found = contributions.of(predictions, AUC, "mean")
    folds = [AUC.of(part) for part in contributions.parts_of(predictions, "mean")]
    assert found.value == pytest.approx(np.mean(folds))
    assert found.influence.shape == found.members.shape == (80, 6)
    assert not found.members[found.fold == 1][:, :2].any()
    assert spread(found).error > 0
