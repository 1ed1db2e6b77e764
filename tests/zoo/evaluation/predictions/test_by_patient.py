import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given
from zoo.evaluation.predictions.by_patient import (
    by_patient,
    check_no_leak,
    levels,
    levels_by_split,
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


def test_both_levels_of_every_split_come_in_order():
    found = join([cohort(3, split="test"), cohort(2, samples_each=2, split="train")])
    splits = levels_by_split(found)
    assert list(splits) == ["train", "test"]
    assert (len(splits["train"].at("sample")), len(splits["train"].at("patient"))) == (
        4,
        2,
    )


def test_levels_of_mixed_patients_have_no_patients():
    found = levels(given([1, 0, 1], [0.9, 0.2, 0.5], patient=["b", "b", "a"]))
    assert (found.patient, found.mixed) == (None, ("b",))
