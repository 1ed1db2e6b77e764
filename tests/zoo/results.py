"""Result files of `zoo.predict`, read and compared."""

import csv

import pytest


def rows(path):
    """The rows of a CSV file, by the column's name."""
    with open(path, encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def assert_same(found, expected):
    """Cell by cell: numbers to 1e-5, texts as they are."""
    assert [[*row] for row in found] == [[*row] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        for name, cell in row.items():
            if "prob:" in name or "pred:" in name:
                number = pytest.approx(float(wanted[name]), abs=1e-5, rel=1e-5)
                assert float(cell) == number
            else:
                assert cell == wanted[name]
