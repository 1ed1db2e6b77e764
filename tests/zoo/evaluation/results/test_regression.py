import dataclasses

import numpy as np
import pytest
from scipy import stats

from tests.zoo.evaluation.cohorts import metrics_of
from tests.zoo.evaluation.expanded import expanded
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.metrics.bootstrap import patient_weights
from zoo.evaluation.metrics.by_kind import METRICS as METRICS_OF_KIND
from zoo.evaluation.metrics.regression import METRICS
from zoo.evaluation.predictions.predictions import take
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import preferred_method

SETTINGS = Settings(bootstrap=200)


def test_every_column_is_judged_by_those_who_know_it():
    found = numbered(names=("kpa", "fat"), unknown=0.3)
    level = metrics_of(found, SETTINGS)["sample"]
    for column, (name, entries) in enumerate(level["per_column"].items()):
        assert name == found.names[column]
        rows = ~np.isnan(found.truth[:, column])
        truth, said = found.truth[rows, column], found.outputs["pred"][rows, column]
        assert entries["known"] == rows.sum() < 40
        assert entries["mae"]["value"] == pytest.approx(np.abs(said - truth).mean())


def test_intervals_come_from_patients_with_all_their_samples():
    found = numbered(20, samples_each=2)
    interval = metrics_of(found, SETTINGS)["sample"]["per_column"]["kpa"]["spearman"]
    weights = patient_weights(np.zeros(20, int), 200, np.random.default_rng(0))
    values = []
    for own in weights:
        rows = np.repeat(np.arange(40), np.repeat(own, 2))
        truth, said = found.truth[rows, 0], found.outputs["pred"][rows, 0]
        values.append(stats.spearmanr(truth, said)[0])
    low, high = expanded(values, 20)
    interval = interval["intervals"]["bootstrap"]
    assert (interval["low"], interval["high"]) == pytest.approx((low, high))
    assert interval["approximate"] == "there are fewer than 30 patients"


def test_limits_of_agreement_have_bland_and_altmans_intervals_by_patient():
    levels = metrics_of(numbered(40, samples_each=2), SETTINGS)
    limit = levels["patient"]["per_column"]["kpa"]["upper_limit"]
    assert preferred_method(limit) == "bland_altman"
    limit = levels["sample"]["per_column"]["kpa"]["upper_limit"]
    assert limit["intervals"].keys() == {"bootstrap"}


def test_by_patient_the_mean_prediction_counts():
    found = numbered(12, samples_each=3)
    levels = metrics_of(found, SETTINGS)
    means = found.outputs["pred"].reshape(12, 3).mean(axis=1)
    wanted = np.abs(means - found.truth[::3, 0]).mean()
    value = levels["patient"]["per_column"]["kpa"]["mae"]["value"]
    assert value == pytest.approx(wanted)
    assert levels["sample"]["samples"] == 36


def test_patients_with_samples_of_different_numbers():
    found = numbered(12, samples_each=2)
    truth = found.truth.copy()
    truth[0] += 1
    levels = metrics_of(dataclasses.replace(found, truth=truth), SETTINGS)
    contradictory = [found.patient_id[0]]
    assert levels["patient"]["left_out"] == {"patients": 1, "names": contradictory}
    assert levels["patient"]["patients"] == 11
    assert levels["sample"]["patients"] == 12


def test_a_single_patient_has_no_interval():
    level = metrics_of(take(numbered(10, samples_each=2), [0, 1]), SETTINGS)["sample"]
    assert level["resampling"] == "none: there is only one patient"
    entry = level["per_column"]["kpa"]["mae"]
    reason = entry["intervals"]["bootstrap"]["reason"]
    assert reason == "fewer than two patients know it"


def measures(found):
    return METRICS_OF_KIND["regression"](found.truth, found.outputs, found.names)


def test_measures_are_named_by_their_column_where_there_are_several():
    assert [*measures(numbered(9))] == [*METRICS]
    names = [*measures(numbered(9, ("kpa", "fat")))]
    assert names[0] == "kpa: mae" and names[-1] == "fat: upper_limit"
