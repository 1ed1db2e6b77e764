import dataclasses

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from tests.zoo.evaluation.cohorts import metrics_of
from tests.zoo.evaluation.expanded import expanded
from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation.metrics.by_kind import METRICS
from zoo.evaluation.metrics.multilabel import OVERALL, PER_LABEL
from zoo.evaluation.predictions.by_patient import by_patient
from zoo.evaluation.predictions.predictions import take
from zoo.evaluation.results import classification as classification_results
from zoo.evaluation.results.multilabel import single_label
from zoo.evaluation.results.settings import Settings

SETTINGS = Settings(bootstrap=200)


def test_every_label_is_judged_as_two_classes_by_those_who_know_it():
    found = labelled(unknown=0.3)
    level = metrics_of(found, SETTINGS)["sample"]
    for column, (name, entries) in enumerate(level["per_label"].items()):
        assert name == found.names[column]
        rows = ~np.isnan(found.truth[:, column])
        truth, share = found.truth[rows, column], found.outputs["prob"][rows, column]
        assert entries["known"] == rows.sum() < 40
        assert entries["with"] == truth.sum()
        area = sklearn_metrics.roc_auc_score(truth, share)
        assert entries["auc"]["value"] == pytest.approx(area)
        assert entries["auc"]["intervals"].keys() >= {"bootstrap", "newcombe", "delong"}
        right = sklearn_metrics.accuracy_score(truth, share > 0.5)
        assert entries["accuracy"]["value"] == pytest.approx(right)
        assert "wilson" in entries["sensitivity"]["intervals"]
        loss = sklearn_metrics.log_loss(truth, share)
        assert entries["log_loss"]["value"] == pytest.approx(loss)


def test_the_means_have_intervals_from_patients_drawn_once_for_all_labels():
    found = labelled(60, unknown=0.2, samples_each=2)
    level = metrics_of(found, Settings(bootstrap=400))["sample"]
    assert level["resampling"] == "patients"
    rng = np.random.default_rng(7)
    areas = []
    for _ in range(400):
        drawn = rng.integers(60, size=60)
        rows = np.concatenate([[2 * p, 2 * p + 1] for p in drawn])
        truth, share = found.truth[rows], found.outputs["prob"][rows]
        known = ~np.isnan(truth)
        each = [
            sklearn_metrics.roc_auc_score(truth[known[:, c], c], share[known[:, c], c])
            for c in range(3)
        ]
        areas.append(np.mean(each))
    interval = level["auc"]["intervals"]["bootstrap"]
    low, high = expanded(areas, 60)
    assert interval["low"] == pytest.approx(low, abs=0.01)
    assert interval["high"] == pytest.approx(high, abs=0.01)
    values = [one["auc"]["value"] for one in level["per_label"].values()]
    assert level["auc"]["value"] == pytest.approx(np.mean(values))


def test_by_patient_the_mean_probability_counts():
    found = labelled(20, samples_each=3)
    levels = metrics_of(found, SETTINGS)
    own = classification_results.level(single_label(by_patient(found), 1), SETTINGS)
    assert (
        levels["patient"]["per_label"]["fat"]["auc"] == own["per_class"]["with"]["auc"]
    )
    assert (levels["patient"]["samples"], levels["sample"]["samples"]) == (20, 60)


def test_patients_with_samples_of_different_labels():
    found = labelled(20, samples_each=2)
    truth = found.truth.copy()
    truth[1] = 1 - truth[0]
    levels = metrics_of(dataclasses.replace(found, truth=truth), SETTINGS)
    contradictory = [found.patient_id[0]]
    assert levels["patient"]["left_out"] == {"patients": 1, "names": contradictory}
    assert levels["patient"]["patients"] == 19
    assert levels["sample"]["patients"] == 20


def test_what_is_not_defined_says_why():
    found = labelled(10, ("a", "b"))
    truth = found.truth.copy()
    truth[:, 0], truth[:, 1] = 1, np.nan
    level = metrics_of(dataclasses.replace(found, truth=truth), SETTINGS)["sample"]
    assert level["per_label"]["a"]["auc"]["reason"] == (
        "no sample of a class other than with"
    )
    nothing = level["per_label"]["b"]
    assert {nothing[name]["reason"] for name in PER_LABEL} == {"no sample knows it"}
    assert level["auc"]["reason"] == "not defined for a, b"
    assert level["accuracy"]["reason"] == "not defined for b"


def test_a_single_patient_has_no_bootstrap():
    level = metrics_of(take(labelled(10), [0]), SETTINGS)["sample"]
    assert level["resampling"] == "none: there is only one patient"


def test_means_without_resampling():
    found = labelled(30)
    level = metrics_of(found, SETTINGS)["sample"]
    assert {
        name: measure.value
        for name, measure in METRICS["multilabel"](
            found.truth, found.outputs, found.names
        ).items()
    } == {name: level[name]["value"] for name in OVERALL}
