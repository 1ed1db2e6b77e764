import json

import pytest

from pipelines.errors import UsageError
from tests.zoo.evaluation.cohorts import cohort, given, metrics_of
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import preferred

QUICK = Settings(bootstrap=200)


def test_both_levels_with_their_counts():
    found = metrics_of(cohort(12, samples_each=3), QUICK)
    assert (found["patient"]["samples"], found["patient"]["patients"]) == (12, 12)
    assert (found["sample"]["samples"], found["sample"]["patients"]) == (36, 12)
    assert found["sample"]["samples_per_class"] == {"well": 18, "ill": 18}
    assert found["patient"]["resampling"] == "patients within classes"
    json.dumps(found, allow_nan=False)


def test_the_same_seed_gives_the_same_intervals():
    assert metrics_of(cohort(), QUICK) == metrics_of(cohort(), QUICK)
    other = metrics_of(cohort(), Settings(bootstrap=200, seed=1))
    assert other != metrics_of(cohort(), QUICK)


def test_wilson_and_delong_only_where_every_patient_counts_once():
    found = metrics_of(cohort(30, samples_each=2, signal=1), QUICK)
    by_patient, by_sample = found["patient"], found["sample"]
    assert set(by_patient["accuracy"]["intervals"]) == {"bootstrap", "wilson"}
    assert set(by_sample["accuracy"]["intervals"]) == {"bootstrap"}
    assert by_patient["auc"]["intervals"]["delong"]["low"] > 0.4
    assert by_sample["auc"]["intervals"]["delong"] == {
        "low": None,
        "high": None,
        "reason": "a patient has several samples",
    }


def test_the_auc_of_two_classes_is_that_of_class_1():
    found = metrics_of(cohort(30, signal=1), QUICK)["patient"]
    assert found["auc"] == found["per_class"]["ill"]["auc"]


def test_a_mean_of_aucs_has_no_delong_interval():
    found = metrics_of(cohort(30, ("a", "b", "c"), signal=1), QUICK)
    assert set(found["patient"]["auc"]["intervals"]) == {"bootstrap"}
    per_class = found["patient"]["per_class"]
    assert set(per_class["a"]["auc"]["intervals"]) == {"bootstrap", "delong"}
    assert set(per_class["a"]["ppv"]["intervals"]) == {"bootstrap", "wilson"}
    assert set(per_class["a"]["f1"]["intervals"]) == {"bootstrap"}


def test_intervals_of_repeated_samples_are_those_of_their_patients():
    """Copies of every sample tell nothing new: the interval must not shrink."""
    single = metrics_of(cohort(40, signal=1), QUICK)["sample"]["accuracy"]
    found = cohort(40, signal=1)
    copies = given(
        [label for label in found.label for _ in range(5)],
        [score for score in found.probabilities[:, 1] for _ in range(5)],
        patient=[patient for patient in found.patient_id for _ in range(5)],
    )
    many = metrics_of(copies, QUICK)["sample"]["accuracy"]
    assert many["intervals"]["bootstrap"] == pytest.approx(
        single["intervals"]["bootstrap"]
    )


def test_patients_of_several_classes_are_said_to_have_no_level():
    mixed = given([0, 1, 0, 1], [0.1, 0.7, 0.6, 0.8], patient=["a", "a", "b", "b"])
    found = metrics_of(mixed, QUICK)
    assert found["patient"] == {
        "defined": False,
        "reason": "2 of 2 patients have samples of different classes",
    }
    assert found["sample"]["resampling"] == "patients"


def test_a_class_with_one_patient_has_no_bootstrap_interval():
    found = metrics_of(given([0, 0, 0, 1], [0.1, 0.7, 0.2, 0.6]), QUICK)["patient"]
    assert found["resampling"] == "none: class ill has only one patient"
    assert found["kappa"]["intervals"]["bootstrap"]["low"] is None
    assert found["accuracy"]["intervals"]["wilson"]["low"] > 0


def test_a_single_patient():
    found = metrics_of(given([0, 1], [0.1, 0.7], patient=["a", "a"]), QUICK)["sample"]
    assert found["resampling"] == "none: there is only one patient"


def test_an_undefined_metric_has_a_reason_and_no_interval():
    found = metrics_of(given([0, 0], [0.1, 0.7]), QUICK)["patient"]
    assert found["auc"] == {
        "value": None,
        "reason": "no sample of class ill",
        "intervals": {},
    }


def test_perfect_answers_have_no_bootstrap_interval_but_wilsons():
    found = metrics_of(given([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]), QUICK)["patient"]
    accuracy = found["accuracy"]["intervals"]
    assert "same value" in accuracy["bootstrap"]["reason"]
    assert (accuracy["wilson"]["low"], accuracy["wilson"]["high"]) == (
        pytest.approx(0.51, abs=0.01),
        1.0,
    )
    assert preferred(found["auc"]) is None
    assert preferred(found["accuracy"]) == accuracy["wilson"]


@pytest.mark.parametrize("wrong", [{"confidence": 1.0}, {"bootstrap": 0}, {"seed": -1}])
def test_settings_are_checked(wrong):
    with pytest.raises(UsageError, match="confidence is between 0 and 1"):
        Settings(**wrong)
