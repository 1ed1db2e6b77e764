import dataclasses

import numpy as np
import pytest

from tests.zoo.evaluation.cohorts import evaluated
from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation import evidence_text
from zoo.evaluation.predictions.by_patient import levels_by_split
from zoo.evaluation.results import calibration, label_calibration
from zoo.evaluation.results.multilabel import single_label
from zoo.evaluation.results.settings import Settings

SETTINGS = Settings(bootstrap=200)


@pytest.fixture(scope="module")
def predictions():
    """Forty patients; the third label is not known of half of them."""
    made = labelled()
    truth = made.truth.copy()
    truth[::2, 2] = np.nan
    return dataclasses.replace(made, truth=truth)


def test_each_label_has_the_measures_of_its_own_known_samples(predictions):
    found = label_calibration.of_last_split(levels_by_split(predictions), SETTINGS)
    assert (found["split"], found["level"], found["resamples"]) == (
        "test",
        "patient",
        200,
    )
    per_label = found["before"]["per_label"]
    assert [*per_label] == ["cyst", "fat", "scar"]
    by_patient = levels_by_split(predictions)["test"].patient
    for column, name in enumerate(per_label):
        known = ~np.isnan(by_patient.truth[:, column])
        assert known.sum() == (20 if name == "scar" else 40)
        truth = by_patient.truth[known, column]
        stated = by_patient.probabilities[known, column]
        entries = per_label[name]
        assert entries["o_e"]["value"] == pytest.approx(truth.sum() / stated.sum())
        ends = entries["o_e"]["intervals"]["bootstrap"]
        assert ends["low"] < entries["o_e"]["value"] < ends["high"]


def test_a_label_is_measured_as_a_class_of_two_is(predictions):
    found = label_calibration.of_last_split(levels_by_split(predictions), SETTINGS)
    label = single_label(levels_by_split(predictions)["test"].patient, 1)
    of_two = calibration.of_predictions(label, SETTINGS)
    (as_class,) = of_two["per_class"].values()
    assert found["before"]["per_label"]["fat"] == as_class


def test_a_label_that_nobody_knows_has_a_reason(predictions):
    truth = predictions.truth.copy()
    truth[:, 1] = np.nan
    unknown = dataclasses.replace(predictions, truth=truth)
    found = label_calibration.of_last_split(levels_by_split(unknown), SETTINGS)
    assert found["before"]["per_label"]["fat"].keys() == {"reason"}
    shown = evidence_text.text(evaluated(unknown, SETTINGS))
    (row,) = [line for line in shown.splitlines() if line.startswith("calibration, ")]
    assert row.split()[-2:] == ["cyst", "scar"]


def test_the_evidence_has_it_and_the_terminal_shows_it(predictions):
    evidence = evaluated(predictions, SETTINGS)
    assert evidence["calibration"]["before"]["per_label"].keys() == {
        "cyst",
        "fat",
        "scar",
    }
    shown = evidence_text.text(evidence)
    assert "calibration, test, by patient" in shown
    assert "intercept (right: 0)" in shown
