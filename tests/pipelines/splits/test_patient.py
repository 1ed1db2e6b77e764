"""What a split knows of a patient."""

import math

import pytest

from pipelines.splits.patient import Assignment, Patient, quarters, strata


def test_the_rarest_class_of_a_patient_counts():
    classes = {"a": ["x"], "b": ["x", "y", "x"], "c": ["x", "z"], "d": ["z"], "e": []}
    assert strata(classes) == {"a": "x", "b": "y", "c": "z", "d": "z", "e": ""}


def test_equally_rare_classes_go_by_name():
    assert strata({"a": ["y", "x"]}) == {"a": "x"}


def test_quarters_of_numbers_have_as_many_patients_each():
    numbers = {f"p{n:02}": float(n * n) for n in reversed(range(42))}
    found = quarters(numbers)
    assert [found[f"p{n:02}"] for n in range(42)] == [
        *["1"] * 11,
        *["2"] * 10,
        *["3"] * 11,
        *["4"] * 10,
    ]


def test_equal_numbers_are_parted_by_name():
    found = quarters(dict.fromkeys("tsrqponmlkjihgfedcba", 3.0))
    assert {name for name, part in found.items() if part == "1"} == {*"abcdefghij"}


@pytest.mark.parametrize(("patients", "parts"), [(19, 1), (20, 2), (39, 3), (40, 4)])
def test_a_part_has_ten_patients_or_more(patients, parts):
    found = quarters({str(n): float(n) for n in range(patients)})
    assert len({*found.values()}) == parts


def test_who_has_no_number_is_in_no_part():
    found = quarters({"x": math.nan, **{str(n): float(n) for n in range(20)}})
    assert [name for name, part in found.items() if not part] == ["x"]


def test_groups_name_shards():
    assert Assignment(split="train").group == "train"
    assert Assignment(split="fold", fold="3").group == "fold-3"


def test_roles_are_known():
    with pytest.raises(ValueError, match="role is 'train_only' or ''. Received: 'x'"):
        Patient(patient_id="a", role="x")
