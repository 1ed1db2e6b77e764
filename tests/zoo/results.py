"""Result files of `zoo.predict`, read and compared."""

import csv

import pytest

_NUMBERS = ("prob:", "prob_uncalibrated:", "pred:")


def rows(path):
    """The rows of a CSV file, by the column's name."""
    with open(path, encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def assert_same(found, expected):
    """Cell by cell: numbers to 1e-5, texts as they are."""
    assert [[*row] for row in found] == [[*row] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        for name, cell in row.items():
            if name.endswith("score") or any(word in name for word in _NUMBERS):
                number = pytest.approx(float(wanted[name]), abs=1e-5, rel=1e-5)
                assert float(cell) == number
            else:
                assert cell == wanted[name]
