import pytest

from zoo.evaluation.comparison import holm


def test_by_hand():
    """.01 × 4; .02 × 3; .03 × 2; .04 × 1, none below one before it."""
    assert holm.adjusted([0.03, 0.01, 0.04, 0.02]) == pytest.approx(
        [0.06, 0.04, 0.06, 0.06]
    )


def test_what_was_not_tested_counts_for_nothing():
    assert holm.adjusted([None, 0.02, None, 0.04]) == [None, 0.04, None, 0.04]


def test_never_above_1():
    assert holm.adjusted([0.9, 0.8]) == [1.0, 1.0]


def test_of_none():
    assert holm.adjusted([]) == []
