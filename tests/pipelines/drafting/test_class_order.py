import pytest

from pipelines.drafting.class_order import graded, in_order


@pytest.mark.parametrize(
    "names",
    [
        ("0", "1", "2", "10"),
        ("I", "II", "III", "IV", "V", "IX"),
        ("I", "IIa", "IIb", "III"),
        ("F0", "F1", "F2", "F10"),
        ("Grade 1", "grade 2", "Grade 3"),
        ("Stage I", "Stage II", "Stage IV"),
        ("T1a", "T1b", "T2"),
        ("none", "Mild", "moderate", "severe"),
        ("low", "intermediate", "high"),
        ("无", "轻度", "中度", "重度"),
        ("no", "mild"),
    ],
)
def test_grades_from_the_lowest(names):
    assert graded(reversed(names)) == names


@pytest.mark.parametrize(
    "names",
    [
        ("NOR", "DCM", "RV"),
        ("T1", "N1", "M1"),  # of different scales
        ("A", "B", "C"),
        ("mild", "small"),  # of the same place
        ("S0-S1", ">=S2"),
        ("1", "I"),
    ],
)
def test_what_are_no_grades(names):
    assert graded(names) is None


@pytest.mark.parametrize(
    "names",
    [
        ("no", "yes"),
        ("false", "true"),
        ("benign", "adenoma"),
        ("negative", "Positive"),
        ("阴性", "阳性"),
        ("0", "1"),
        ("a", "b"),
    ],
)
def test_the_negative_class_is_first(names):
    assert in_order(reversed(names)) == names
