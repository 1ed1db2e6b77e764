"""Ids that outlive a spreadsheet program, and guesses of what one changed."""

import itertools

import pytest

from pipelines.privacy.original_ids import guarded, guesses, unguarded


@pytest.mark.parametrize(
    "source_id",
    [
        *("0012345", "123456789012", "17", "1.10", "3-12", "1/2", "MAR1", "Dez 3"),
        *("1E5", "TRUE", "wahr", "=A1", "+49", "-1", "@x", "R5.1.2", '="12"', "'0012"),
        *("1.2.3", "12%", "#N/A", '1"2'),
    ],
)
def test_what_a_program_would_read_is_a_formula(source_id):
    cell = guarded(source_id)
    assert cell.startswith('="') and unguarded(cell) == source_id


@pytest.mark.parametrize(
    "source_id",
    ["P001", "1.2.840.99.1", "1.2.840.99.1#T1", "Städtische Klinik 1", "张三", "Marta"],
)
def test_what_is_text_stays(source_id):
    assert guarded(source_id) == unguarded(source_id) == source_id


def test_a_text_too_long_for_a_formula_stays():
    assert guarded("1" * 251) == "1" * 251


@pytest.mark.parametrize(
    ("cell", "source_id"),
    [
        ("17", "0017"),
        ("1.1", "1.100"),
        ('="17"', "0017"),
        ("2.02403E+11", "202403120017"),
        ("2,02403E+11", "202402999999"),
        ("1234567890123460", "1234567890123456"),
        ("123456789012345000", "123456789012345678"),
    ],
)
def test_guesses_hold_what_it_was(cell, source_id):
    assert source_id in guesses(cell)


def test_guesses_are_few_enough():
    assert len([*guesses("1.10101E+17")]) == 2  # 10^12 there would be
    assert len([*guesses("1.23457E+11")]) == 1_500_002
    assert [*itertools.islice(guesses("P17"), 9)] == ["P17", "P17"]
