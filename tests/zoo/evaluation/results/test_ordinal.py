import dataclasses

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tests.zoo.evaluation.cohorts import cohort, given
from zoo.evaluation import run_evaluation, target_kinds
from zoo.evaluation.evidence_text import text
from zoo.evaluation.metrics.bootstrap import patient_weights
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.results import classification as classification_results
from zoo.evaluation.results.classification import Settings
from zoo.evaluation.results.description import Description
from zoo.evaluation.results.ordinal import grade_error, judge, measures, quadratic_kappa

SETTINGS = Settings(bootstrap=60)


def grades(patients=40, **options):
    found = cohort(patients, ("F0", "F1", "F2", "F3"), **options)
    return dataclasses.replace(found, ordered=True)


def test_the_metrics_equal_their_definitions():
    found = grades()
    called = decide(found.probabilities)
    level = judge(found, SETTINGS)["sample"]
    kappa = cohen_kappa_score(found.label, called, weights="quadratic")
    assert level["quadratic_kappa"]["value"] == pytest.approx(kappa)
    assert level["grade_error"]["value"] == np.mean(np.abs(found.label - called))


def test_all_of_classes_is_there_too():
    found = grades(samples_each=2)
    levels, plain = (
        judge(found, SETTINGS),
        classification_results.judge(found, SETTINGS),
    )
    for name, level in plain.items():
        assert {key: levels[name][key] for key in level} == level


def test_intervals_come_from_patients_within_grades():
    found = grades(60, signal=1.0)
    interval = judge(found, SETTINGS)["patient"]["quadratic_kappa"]
    drawn = patient_weights(found.label, 60, np.random.default_rng(SETTINGS.seed))
    called = decide(found.probabilities)
    values = [
        cohen_kappa_score(found.label, called, weights="quadratic", sample_weight=one)
        for one in drawn
    ]
    low, high = np.quantile(values, (0.025, 0.975))
    found = interval["intervals"]["bootstrap"]
    assert (found["low"], found["high"]) == pytest.approx((low, high))


def test_counts_of_many_resamples_at_once():
    counts = np.array([[[3, 0], [0, 2]], [[0, 3], [2, 0]], [[4, 0], [0, 0]]])
    np.testing.assert_allclose(quadratic_kappa(counts)[:1], [1])
    assert quadratic_kappa(counts)[1] < 0 and np.isnan(quadratic_kappa(counts)[2])
    np.testing.assert_allclose(grade_error(counts), [0, 1, 0])


def test_what_is_not_defined_says_why():
    found = dataclasses.replace(given([0, 0], [0.1, 0.2]), ordered=True)
    kappa = judge(found, SETTINGS)["sample"]["quadratic_kappa"]
    assert (kappa["value"], kappa["reason"]) == (
        None,
        "truth and prediction are one and the same grade throughout",
    )
    shown = text(run_evaluation.evidence(found, Description(), SETTINGS))
    assert "note: test: no quadratic kappa, truth and prediction are one" in shown


def test_grades_are_a_kind_of_their_own():
    found = grades()
    assert target_kinds.of(found) is target_kinds.GRADES
    result = run_evaluation.evidence(found, Description(), SETTINGS)
    assert (result["kind"], result["classes"]) == ("ordinal", [*found.classes])
    shown = text(result).splitlines()
    assert any(line.startswith("quadratic kappa  ") for line in shown)
    values = {name: one.value for name, one in measures(found).items()}
    assert (
        values["grade_error"]
        == result["splits"]["test"]["sample"]["grade_error"]["value"]
    )
