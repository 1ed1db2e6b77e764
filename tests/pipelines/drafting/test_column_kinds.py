import pytest

from pipelines.drafting.column_kinds import Column, column, number_in


@pytest.mark.parametrize(
    ("title", "cells", "kind"),
    [
        ("label", ["0", "1", "1", "0"], "class"),
        ("isup", ["0", "1", "2", "5", "1", "2", "0", "0", "5", "1"], "class"),
        ("relapse", ["yes", "no", "no", "no"], "class"),
        ("Child-Pugh", ["I", "II", "III", "IV", "II", "I", "I", "II"], "class"),
        ("stage", ["F0", "F1", "F2"], "class"),  # by its title: three rows say little
        ("x", ["F0", "F1", "F2"], "text"),
        ("age", ["63", "71", "55", "63"], "count"),
        ("age", ["063Y", "071Y", "055Y", "063Y"], "count"),
        ("adc", ["1.5", "0.8", "1,1", "1.5"], "number"),
        ("change", ["-3", "4", "11", "8"], "number"),
        ("seen", ["2026-01-02", "2025-12-31", ""], "date"),
        ("seen", ["02.01.2026", "31.12.25"], "date"),
        ("seen", ["1/2/2026", "12/31/2025 10:30"], "date"),
        ("seen", ["20260102", "20251231"], "date"),
        ("seen", ["2026年1月2日"], "date"),
        ("number", ["20269999", "20251232"], "count"),  # no such days
        ("comment", ["seen by A", "motion", "seen again", "-"], "text"),
        ("none", ["", "", ""], "empty"),
        ("none", ["n/a", "", "Unknown"], "empty"),
    ],
)
def test_what_a_column_is(title, cells, kind):
    assert column(title, cells).kind == kind


def test_classes_are_counted_the_most_common_first():
    assert column("label", ["b", "a", "b", "", "n/a", "c", "a", "b"]).values == (
        ("b", 3),
        ("a", 2),
        ("c", 1),
    )


def test_a_class_of_one_patient_is_one():
    assert column("label", ["b", "b", "b", "a"]).values == (("b", 3), ("a", 1))


def test_the_range_of_numbers():
    assert column("psa", ["4.5", "12", "", "0.3"]) == Column(
        name="psa", kind="number", low=0.3, high=12.0, missing=1
    )


def test_long_words_are_no_classes():
    assert column("report", ["x" * 90] * 8).kind == "text"


def test_cells_that_ingest_does_not_read_are_a_fault():
    commas = column("adc", ["1,5", "0,8", "1.1", "2.0"])
    assert (commas.kind, commas.low, commas.high) == ("number", 0.8, 2.0)
    assert commas.fault == (
        "2 cells hold '1,5', '0,8', which is no number to ingest: write 1,5 as 1.5, "
        "and so the others."
    )
    assert "write 063Y as 63" in column("age", ["063Y", "071Y"]).fault
    over = column("psa", ["4.5", "12", "7.1", "0.3", "9.9", ">100"]).fault
    assert "1 cell holds '>100'" in over and "or leave them empty" in over
    assert column("psa", ["4.5", "12"]).fault == ""


def test_words_for_not_known_are_a_fault():
    known = column("label", ["yes", "no", "yes", "NA"])
    assert known.values == (("yes", 2), ("no", 1)) and known.missing == 1
    assert known.fault == (
        "1 cell holds 'NA', which ingest takes for a value: leave such cells empty."
    )


def test_classes_that_differ_in_case_only_are_a_fault():
    assert column("label", ["Yes", "yes", "no", "no"]).fault == (
        "'Yes' and 'yes' count as different classes: write them alike."
    )


@pytest.mark.parametrize(
    ("cell", "number"), [("63 years", 63), ("1,5", 1.5), ("-2,25", -2.25), ("4e1", 40)]
)
def test_numbers_that_a_person_sees(cell, number):
    assert number_in(cell) == number


@pytest.mark.parametrize("cell", ["1_5", "inf", "nan", "F2", "1,5,6", ""])
def test_what_is_no_number(cell):
    assert number_in(cell) != number_in(cell)
