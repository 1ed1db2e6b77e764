import numpy as np
import pytest

from tests.zoo.evaluation.cohorts import cohort, evaluated, given
from zoo.evaluation import evidence_text
from zoo.evaluation.results import resampling
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import preferred


@pytest.mark.parametrize("samples_each", [1, 3])
def test_a_loss_has_one_interval_wherever_it_stands(samples_each):
    evidence = evaluated(cohort(40, samples_each=samples_each), Settings(bootstrap=200))
    calibration = evidence["calibration"]
    level = evidence["splits"][calibration["split"]][calibration["level"]]
    for name in ("log_loss", "brier"):
        entry = calibration["before"]["overall"][name]
        assert entry["value"] == pytest.approx(level[name]["value"])
        interval = entry["intervals"]["bootstrap_t"]
        assert interval == pytest.approx(level[name]["intervals"]["bootstrap_t"])


def test_a_small_study_has_its_marks_wherever_an_interval_stands():
    """And a perfect one no interval of a log loss that would reach to any height."""
    sure = 10.0 ** -np.arange(4, 12)
    shown = np.concatenate([sure, 1 - sure[1:], [0.9]])
    perfect = given([0] * 8 + [1] * 8, shown)
    evidence = evaluated(perfect, Settings(bootstrap=200))
    calibration = evidence["calibration"]
    level = evidence["splits"][calibration["split"]][calibration["level"]]
    assert level["accuracy"]["value"] == 1
    overall = calibration["before"]["overall"]
    assert level["log_loss"]["intervals"]["bootstrap"]["low"] is None
    for entry in (overall["log_loss"], level["log_loss"]):
        assert preferred(entry) is None
        reason = entry["intervals"]["bootstrap_t"]["reason"]
        assert reason.startswith("no sample is misclassified")
    for entry in (overall["brier"], level["brier"]):
        assert preferred(entry)["approximate"] == "a class has fewer than 10 patients"
    (event,) = calibration["before"]["per_class"].values()
    assert preferred(event["o_e"])["approximate"] == (
        "a class has fewer than 20 patients"
    )
    text = evidence_text.text(evidence)
    assert "~ approximate: " in text
    assert "a class has fewer than 20 patients" in text


def test_an_events_patients_are_counted_with_and_without_it():
    predictions = cohort(30, samples_each=2, signal=0.5)
    happened = predictions.label == 1
    patients = {p for p, h in zip(predictions.patient_id, happened) if h}
    drawn = resampling.of_event(predictions, happened)
    assert drawn.rarest == min(len(patients), 30 - len(patients))
    assert resampling.of_event(predictions, happened | True).rarest == 30
