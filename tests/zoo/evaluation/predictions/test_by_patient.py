import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given
from zoo.evaluation.predictions.by_patient import (
    by_patient,
    check_no_leak,
    mixed_patients,
    patient_index,
)
from zoo.evaluation.predictions.predictions import join


def test_a_patients_probabilities_are_averaged():
    found = given([1, 0, 1], [0.9, 0.2, 0.5], patient=["b", "a", "b"])
    averaged = by_patient(found)
    assert averaged.patient_id == averaged.sample_id == ("a", "b")
    assert averaged.label.tolist() == [0, 1]
    np.testing.assert_allclose(averaged.probabilities, [[0.8, 0.2], [0.3, 0.7]])
    np.testing.assert_allclose(
        np.exp(averaged.outputs["logit"]), averaged.probabilities
    )


def test_patients_are_numbered_by_their_id():
    found = given([1, 0, 1], [0.9, 0.2, 0.5], patient=["b", "a", "b"])
    assert patient_index(found).tolist() == [1, 0, 1]


def test_a_patient_of_two_classes_has_no_answer():
    found = given([1, 0, 1], [0.9, 0.2, 0.5], patient=["b", "b", "a"])
    assert mixed_patients(found) == ("b",)
    with pytest.raises(DataError, match="1 patient.*different classes.*patient b"):
        by_patient(found)


def test_a_patient_in_two_splits_is_a_leak():
    leaking = join(
        [
            cohort(3, split="train", name="x"),
            given([0], [0.5], patient=["x-0001"]),
        ]
    )
    with pytest.raises(DataError, match="patient x-0001 stands in two splits"):
        check_no_leak(leaking)
