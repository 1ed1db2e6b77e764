"""Ids that spreadsheets and people changed, and ids that are others."""

import pytest

from pipelines.tables.alike import pairs


@pytest.mark.parametrize(
    ("image", "row"),
    [
        ("0017", "17"),
        ("P-0017", "p17"),
        ("P 17", "P_17"),
        ("17", "17.0"),
        ("17", "１７"),
        ("Müller1", "Muller1"),
        ("Müller", "MÃ¼ller"),
        ("张三", "å¼\xa0ä¸‰"),
        ("1234567890123456", "1234567890123450"),
        ("3-12", "2024-03-12"),
        ("3-12", "2024-12-03T00:00:00"),
        ("3-12", "12-Mar"),
        ("3-12", "03. Dez"),
        ("3-12", "Mar-12"),
        ("3/12", "12.03.2024"),
        ("3-12", "3月12日"),
        ("3.12", "12-mars"),
        ("MAR1", "1-Mar"),
        ("SEPT2", "2024-09-02"),
        ("1-2-3", "2003-01-02"),
        ("12E4", "120000"),
        ("ProstateX-0001", "0001"),
        ("0001", "site 2-0001"),
        ("case0001_MR", "case0001"),
    ],
)
def test_alike(image, row):
    assert pairs([image], [row]) == [(image, row)]


@pytest.mark.parametrize(
    ("image", "row"),
    [
        ("P100", "P1001"),
        ("0017", "18"),
        ("A1", "B1"),
        ("1.2.840.99.1", "1.2.840.99"),
        ("1.2.840.1.12", "1.2.840.11.2"),
        ("3-12", "2024-04-13"),
        ("3-12", "12-3"),
        ("1-2-3", "2004-01-02"),
        ("12", "1.2"),
        ("x1", "1"),
        ("anna", "ann"),
        ("17", "1234567890123456"),
    ],
)
def test_others(image, row):
    assert pairs([image], [row]) == []


def test_what_stands_before_every_id_is_nothing_of_it():
    assert pairs(["x1", "x2"], ["1", "2"]) == [("x1", "1"), ("x2", "2")]


def test_each_is_named_once():
    assert pairs(["p1", "P1", "q2"], ["P01", "P-1", "r3"]) == [
        ("P1", "P-1"),
        ("p1", "P-1"),
    ]
