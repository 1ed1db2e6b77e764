import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.numbered import numbered
from zoo.ensembling import gain
from zoo.evaluation.predictions.predictions import take


def said(low, high, difference=0.1, name="val_auc", aggregate="pooled", **more):
    entry = {"difference": difference, "low": low, "high": high, "patients": 30}
    entry["aggregate"] = aggregate
    return {name: entry | more}


SENTENCES = {
    "gain": (
        said(0.02, 0.18),
        "a gain over t1: AUC +0.100, 95% interval +0.020 to +0.180, 30 patients",
    ),
    "of folds": (
        said(0.02, 0.18, aggregate="mean"),
        "a gain over t1: mean over the folds of the AUC +0.100, 95% interval +0.020 to "
        "+0.180, 30 patients",
    ),
    "nothing": (
        said(-0.01, 0.21),
        "no gain shown over t1: AUC +0.100, 95% interval -0.010 to +0.210, 30 patients",
    ),
    "loss": (
        said(-0.2, -0.05, -0.125),
        "a loss, no gain, over t1: AUC -0.125, 95% interval -0.200 to -0.050, "
        "30 patients",
    ),
    "smaller is better": (
        said(-2.0, -1.0, -1.5, name="val_mae"),
        "a gain over t1: mean absolute error -1.500, 95% interval -2.000 to -1.000, "
        "30 patients",
    ),
    "no interval": (
        said(None, None, reason="no patient tells them apart"),
        "no gain over t1 shown: AUC +0.100, no interval: no patient tells them apart",
    ),
    "undefined": (
        {"val_auc": {"difference": None, "reason": "a class is missing"}},
        "no gain over t1 can be told: a class is missing",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_the_sentence(case):
    found, sentence = SENTENCES[case]
    assert gain.conclusion(found, "t1", 0.95) == sentence


def test_the_best_member_has_the_largest_mean_area_over_folds():
    parts = [
        [cohort(20, seed=10 * member + fold, signal=signal) for fold in range(2)]
        for member, signal in enumerate((0.5, 2.0, 1.0))
    ]
    found = gain.best_member(parts, ["a", "b", "c"])
    areas = [
        np.mean([roc_auc_score(p.label, p.probabilities[:, 1]) for p in own])
        for own in parts
    ]
    assert list(found["values"].values()) == pytest.approx(areas)
    assert found["name"] == "abc"[int(np.argmax(areas))]
    assert found["objective"] == "val_auc"


def test_of_numbers_it_has_the_smallest_error():
    parts = [[numbered(seed=1, noise=noise)] for noise in (3.0, 1.0)]
    found = gain.best_member(parts, ["a", "b"])
    assert found["name"] == "b"
    (best,) = parts[1]
    error = mean_absolute_error(best.truth, best.outputs["pred"])
    assert found["values"]["b"] == pytest.approx(error)


def test_where_an_area_is_undefined_another_objective_decides():
    one_class = [[given([1, 1, 1], scores)] for scores in ([0.2] * 3, [0.9] * 3)]
    found = gain.best_member(one_class, ["a", "b"])
    assert (found["name"], found["objective"]) == ("b", "brier")


def test_nobody_to_choose_by():
    empty = [[take(cohort(4), [])], [take(cohort(4), [])]]
    found = gain.best_member(empty, ["a", "b"])
    assert found == {
        "name": None,
        "reason": "no validation patients by whom to choose",
    }


def test_the_same_patients_are_compared():
    mine, best = cohort(30, seed=1), take(cohort(30, seed=2), range(5, 30))
    found = gain.gains(mine, best, confidence=0.9)
    shared = take(mine, range(5, 30))
    areas = [roc_auc_score(p.label, p.probabilities[:, 1]) for p in (shared, best)]
    assert found["val_auc"]["difference"] == pytest.approx(areas[0] - areas[1])
    assert found["val_auc"]["patients"] == 25
    assert found["val_auc"]["low"] < areas[0] - areas[1] < found["val_auc"]["high"]
    none = gain.gains(mine, take(best, []), confidence=0.9)
    assert none["val_auc"]["reason"] == "it has no prediction in this split"
