import json

import numpy as np
import pytest
from scipy.stats import norm, t

from pipelines.errors import UsageError
from tests.zoo.evaluation.cohorts import cohort, given, metrics_of
from zoo.evaluation.results.settings import Settings, check_new, of_recipe
from zoo.evaluation.results.shown import preferred, preferred_method
from zoo.recipes.recipe import Evaluation, Recipe

QUICK = Settings(bootstrap=200)


def test_both_levels_with_their_counts():
    found = metrics_of(cohort(12, samples_each=3), QUICK)
    assert (found["patient"]["samples"], found["patient"]["patients"]) == (12, 12)
    assert (found["sample"]["samples"], found["sample"]["patients"]) == (36, 12)
    assert found["sample"]["samples_per_class"] == {"well": 18, "ill": 18}
    assert found["patient"]["resampling"] == "patients"
    within = metrics_of(cohort(12), Settings(bootstrap=200, design="case_control"))
    assert within["patient"]["resampling"] == "patients within classes"
    json.dumps(found, allow_nan=False)


def test_the_same_seed_gives_the_same_intervals():
    assert metrics_of(cohort(), QUICK) == metrics_of(cohort(), QUICK)
    other = metrics_of(cohort(), Settings(bootstrap=200, seed=1))
    assert other != metrics_of(cohort(), QUICK)


def test_methods_of_independent_samples_and_of_several_a_patient():
    found = metrics_of(cohort(30, samples_each=2, signal=1), QUICK)
    by_patient, by_sample = found["patient"], found["sample"]
    assert set(by_patient["accuracy"]["intervals"]) == {"bootstrap", "wilson"}
    assert set(by_sample["accuracy"]["intervals"]) == {"bootstrap", "wilson_clustered"}
    assert set(by_patient["auc"]["intervals"]) == {"bootstrap", "newcombe", "delong"}
    clustered = {"bootstrap", "newcombe_clustered", "obuchowski"}
    assert set(by_sample["auc"]["intervals"]) == clustered
    assert set(by_patient["brier"]["intervals"]) == {"bootstrap", "bootstrap_t"}
    balanced = by_patient["balanced_accuracy"]
    assert preferred_method(balanced) == "mover"


def test_the_auc_of_two_classes_is_that_of_class_1():
    found = metrics_of(cohort(30, signal=1), QUICK)["patient"]
    assert found["auc"] == found["per_class"]["ill"]["auc"]


def test_a_mean_of_aucs_has_an_interval_of_its_own():
    found = metrics_of(cohort(30, ("a", "b", "c"), signal=1), QUICK)
    assert set(found["patient"]["auc"]["intervals"]) == {"bootstrap", "mover"}
    per_class = found["patient"]["per_class"]
    methods = {"bootstrap", "newcombe", "delong"}
    assert set(per_class["a"]["auc"]["intervals"]) == methods
    assert set(per_class["a"]["ppv"]["intervals"]) == {"bootstrap", "wilson"}
    assert set(per_class["a"]["f1"]["intervals"]) == {"bootstrap", "wilson"}
    assert preferred_method(per_class["a"]["kappa"]) == "wilson_jackknife"
    assert preferred_method(found["patient"]["mcc"]) == "wilson_jackknife"
    assert preferred_method(found["patient"]["average_precision"]) == "wilson_bootstrap"


def test_what_a_case_control_study_fixes_does_not_widen_an_interval():
    """Of PPV, NPV and F1; sensitivity is Wilson's in both designs."""
    within = Settings(bootstrap=200, design="case_control")
    found = metrics_of(cohort(60, signal=0.5), within)["patient"]["per_class"]["ill"]
    for name in ("ppv", "npv", "f1", "accuracy"):
        assert preferred_method(found[name]) == "wilson_within_classes"
        widths = {
            method: interval["high"] - interval["low"]
            for method, interval in found[name]["intervals"].items()
        }
        assert widths["wilson_within_classes"] < 1.01 * widths["wilson"]
        if name in ("ppv", "npv"):
            assert widths["wilson_within_classes"] < 0.95 * widths["wilson"]
    assert preferred_method(found["sensitivity"]) == "wilson"
    three = metrics_of(cohort(60, ("a", "b", "c"), signal=0.5), within)["patient"]
    specificity = three["per_class"]["a"]["specificity"]
    assert preferred_method(specificity) == "wilson_within_classes"


def test_the_log_loss_of_a_study_without_an_error_is_approximate():
    scores = np.linspace(0.55, 0.95, 20)
    labels, shown = [0] * 20 + [1] * 20, [*(1 - scores), *scores]
    entry = metrics_of(given(labels, shown), QUICK)["patient"]["log_loss"]
    assert preferred(entry)["approximate"].startswith("no sample is misclassified")
    shown[3] = 0.6
    entry = metrics_of(given(labels, shown), QUICK)["patient"]["log_loss"]
    assert "approximate" not in preferred(entry)


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


def test_a_class_with_one_patient_keeps_the_intervals():
    found = metrics_of(given([0, 0, 0, 1], [0.1, 0.7, 0.2, 0.6]), QUICK)["patient"]
    assert found["resampling"] == "patients"
    assert found["kappa"]["intervals"]["bootstrap"]["approximate"]
    undefined = found["auc"]["intervals"]["bootstrap"]["undefined_resamples"]
    assert undefined / 200 == pytest.approx(0.75**4, abs=0.12)
    assert found["auc"]["intervals"]["newcombe"]["low"] > 0
    assert found["balanced_accuracy"]["intervals"]["mover"]["low"] is not None


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


def test_perfect_answers_have_lower_bounds():
    labels = [0] * 12 + [1] * 12
    perfect = given(labels, [0.1 + 0.01 * i for i in range(12)] + [0.8] * 12)
    found = metrics_of(perfect, QUICK)["patient"]
    accuracy = found["accuracy"]["intervals"]
    assert "same value" in accuracy["bootstrap"]["reason"]
    assert preferred(found["accuracy"]) == accuracy["wilson"]
    assert preferred(found["auc"]) == {
        "low": pytest.approx(0.922, abs=5e-4),
        "high": 1.0,
        "one_sided": True,
    }
    kappa = preferred(found["kappa"])
    agreed = 0.05 ** (1 / 24)
    assert kappa["low"] == pytest.approx((agreed - 0.5) / 0.5)
    assert kappa["one_sided"]
    assert preferred(found["mcc"]) == kappa
    balanced = preferred(found["balanced_accuracy"])
    wilson = found["per_class"]["ill"]["sensitivity"]["intervals"]["wilson"]["low"]
    wider = t.ppf(0.975, 22) / norm.ppf(0.975) * (24 / 22) ** 0.5
    assert balanced["low"] == pytest.approx(1 - wider * (1 - wilson) / 2**0.5)
    jaccard = 12 / (12 + 1.959964**2)  # Wilson's lower end of 12 of 12
    f1 = preferred(found["per_class"]["ill"]["f1"])
    assert f1["low"] == pytest.approx(2 * jaccard / (1 + jaccard), abs=1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"confidence": 1.0}, "confidence is between 0 and 1"),
        ({"seed": -1}, "seed 0 or more"),
        ({"bootstrap": 199}, "want 200 resamples or more.*Received: bootstrap=199"),
        ({"design": "survey"}, "design is one of cohort, case_control"),
    ],
)
def test_settings_are_checked(wrong, message):
    with pytest.raises(UsageError, match=message):
        Settings(**wrong)


def test_runs_of_before_may_have_fewer_resamples_and_new_ones_not():
    few = Recipe(evaluation=Evaluation(bootstrap=199))
    assert of_recipe(few).bootstrap == 200
    with pytest.raises(UsageError, match="must be 200 or more.*Received: 199"):
        check_new(few)
    check_new(Recipe(evaluation=Evaluation(bootstrap=200)))
