"""What a split knows of a patient."""

import pytest

from pipelines.cohort.patient import Assignment, Patient, strata


def test_the_rarest_class_of_a_patient_counts():
    classes = {"a": ["x"], "b": ["x", "y", "x"], "c": ["x", "z"], "d": ["z"], "e": []}
    assert strata(classes) == {"a": "x", "b": "y", "c": "z", "d": "z", "e": ""}


def test_equally_rare_classes_go_by_name():
    assert strata({"a": ["y", "x"]}) == {"a": "x"}


def test_groups_name_shards():
    assert Assignment(split="train").group == "train"
    assert Assignment(split="fold", fold="3").group == "fold-3"


def test_roles_are_known():
    with pytest.raises(ValueError, match="role is 'train_only' or ''. Received: 'x'"):
        Patient(patient_id="a", role="x")
