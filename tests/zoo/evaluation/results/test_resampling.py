import numpy as np
import pytest

from tests.zoo.evaluation.cohorts import cohort, given
from zoo.evaluation.metrics.intervals import Interval
from zoo.evaluation.results.resampling import from_all, of_classes
from zoo.evaluation.results.settings import Settings

COHORT, CASE_CONTROL = Settings(), Settings(design="case_control")


def test_patients_of_a_cohort_are_drawn_freely():
    resampling = of_classes(cohort(40, samples_each=2), COHORT)
    assert resampling.stratum.tolist() == [0] * 40
    assert (resampling.text(), resampling.rarest) == ("patients", 20)


def test_those_of_a_case_control_design_within_their_classes():
    resampling = of_classes(cohort(6, samples_each=2), CASE_CONTROL)
    assert resampling.stratum.tolist() == [0, 1, 0, 1, 0, 1]
    assert resampling.text() == "patients within classes"


def test_patients_of_several_classes_are_drawn_freely():
    mixed = given([0, 1, 0, 1], [0.1, 0.7, 0.6, 0.8], patient=["a", "a", "b", "b"])
    resampling = of_classes(mixed, CASE_CONTROL)
    assert resampling.stratum.tolist() == [0, 0]
    assert resampling.text() == "patients"


@pytest.mark.parametrize("settings", [COHORT, CASE_CONTROL])
def test_a_single_patient_of_a_class_is_no_reason_against_it(settings):
    resampling = of_classes(given([0, 0, 1], [0.1, 0.7, 0.6]), settings)
    assert resampling.reason == ""


@pytest.mark.parametrize(
    ("resampling", "reason"),
    [
        (of_classes(given([0, 1], [0.1, 0.7]), CASE_CONTROL), "every class has only"),
        (from_all(given([0, 0], [0.1, 0.7], patient="aa")), "there is only"),
    ],
)
def test_why_nobody_is_drawn_is_said_with_the_interval(resampling, reason):
    interval = resampling.interval(None, 0.95)
    assert interval.reason == resampling.reason == f"{reason} one patient"
    assert resampling.text() == f"none: {reason} one patient"


def test_what_is_approximate_follows_from_the_counts_alone():
    values = np.linspace(0, 1, 400)
    large = of_classes(cohort(40), COHORT)
    assert large.interval(values, 0.95).approximate == ""
    small = from_all(cohort(24)).interval(values, 0.95)
    assert small.approximate == "there are fewer than 30 patients"
    rare = of_classes(given([1] * 19 + [0] * 60, np.linspace(0.1, 0.9, 79)), COHORT)
    interval = rare.interval(values, 0.95)
    assert interval.approximate == "a class has fewer than 20 patients"
    studentised = Interval(method="bootstrap_t", low=0.1, high=0.2)
    assert rare.marked(studentised).approximate == ""
    few = of_classes(given([1] * 3 + [0] * 60, np.linspace(0.1, 0.9, 63)), COHORT)
    jackknife = Interval(method="wilson_jackknife", low=0.1, high=0.2)
    assert few.marked(jackknife).approximate == "a class has fewer than 4 patients"
    assert rare.marked(jackknife).approximate == ""
    precision = Interval(method="wilson_bootstrap", low=0.1, high=0.2)
    assert "fewer than 50 patients" in large.marked(precision).approximate
