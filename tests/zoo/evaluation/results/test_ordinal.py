import dataclasses

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tests.zoo.evaluation.cohorts import cohort, evaluated, given, metrics_of
from tests.zoo.evaluation.expanded import expanded
from zoo.evaluation.evidence_text import text
from zoo.evaluation.metrics.bootstrap import patient_weights
from zoo.evaluation.metrics.by_kind import METRICS
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.metrics.ordinal import replicate
from zoo.evaluation.results.settings import Settings
from zoo.targets.classification import CLASSIFICATION
from zoo.targets.ordinal import ORDINAL

SETTINGS = Settings(bootstrap=200)


def grades(patients=40, **options):
    return cohort(patients, ("F0", "F1", "F2", "F3"), kind=ORDINAL, **options)


def test_the_metrics_equal_their_definitions():
    found = grades()
    called = decide(found.probabilities)
    level = metrics_of(found, SETTINGS)["sample"]
    kappa = cohen_kappa_score(found.label, called, weights="quadratic")
    assert level["quadratic_kappa"]["value"] == pytest.approx(kappa)
    assert level["grade_error"]["value"] == np.mean(np.abs(found.label - called))


def test_all_of_classes_is_there_too():
    found = grades(samples_each=2)
    classes = dataclasses.replace(found, kind=CLASSIFICATION)
    levels, plain = metrics_of(found, SETTINGS), metrics_of(classes, SETTINGS)
    for name, level in plain.items():
        assert {key: levels[name][key] for key in level} == level


@pytest.mark.parametrize("design", ["cohort", "case_control"])
def test_intervals_come_from_patients_drawn_by_the_design(design):
    found = grades(60, signal=1.0)
    settings = Settings(bootstrap=200, design=design)
    interval = metrics_of(found, settings)["patient"]["quadratic_kappa"]
    stratum = found.label if design == "case_control" else np.zeros(60, int)
    drawn = patient_weights(stratum, 200, np.random.default_rng(settings.seed))
    called = decide(found.probabilities)
    values = [
        cohen_kappa_score(found.label, called, weights="quadratic", sample_weight=one)
        for one in drawn
    ]
    low, high = expanded(values, 60)
    found = interval["intervals"]["bootstrap"]
    assert (found["low"], found["high"]) == pytest.approx((low, high))


def test_counts_of_many_resamples_at_once():
    counts = np.array([[[3, 0], [0, 2]], [[0, 3], [2, 0]], [[4, 0], [0, 0]]])
    values = replicate(counts)
    kappa = values["quadratic_kappa"]
    assert kappa[0] == 1 and kappa[1] < 0 and np.isnan(kappa[2])
    np.testing.assert_allclose(values["grade_error"], [0, 1, 0])


def test_what_is_not_defined_says_why():
    found = given([0, 0], [0.1, 0.2], kind=ORDINAL)
    kappa = metrics_of(found, SETTINGS)["sample"]["quadratic_kappa"]
    assert (kappa["value"], kappa["reason"]) == (
        None,
        "truth and prediction are one and the same grade throughout",
    )
    shown = text(evaluated(found, SETTINGS))
    assert "note: test: no quadratic kappa, truth and prediction are one" in shown


def test_grades_are_a_kind_of_their_own():
    found = grades()
    result = evaluated(found, SETTINGS)
    assert (result["kind"], result["classes"]) == ("ordinal", [*found.names])
    shown = text(result).splitlines()
    assert any(line.startswith("quadratic kappa  ") for line in shown)
    measures = METRICS["ordinal"](found.truth, found.outputs, found.names)
    metrics = result["splits"]["test"]["sample"]
    assert measures["grade_error"].value == metrics["grade_error"]["value"]
