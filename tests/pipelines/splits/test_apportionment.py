"""Quotas: exact by class and in total."""

import math
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.splits.apportionment import apportion, largest_remainder

SHARES = st.sampled_from(
    [
        {"train": 0.8, "test": 0.1, "validation": 0.1},
        {"train": 0.7, "test": 0.15, "validation": 0.15},
        {"train": 0.6, "test": 0.2, "validation": 0.2},
        {"train": 0.8, "test": 0.2, "validation": 0.0},
        {"train": 1 / 3, "test": 1 / 3, "validation": 1 / 3},
        {"fold": 0.8, "holdout": 0.2},
    ]
)
SIZES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2), st.integers(1, 60), min_size=1
)


def total(cells, part):
    return sum(row[part] for row in cells.values())


def test_largest_remainders_by_hand():
    shares = {"a": Fraction(7, 10), "b": Fraction(15, 100), "c": Fraction(15, 100)}
    assert largest_remainder(10, shares) == {"a": 7, "b": 1, "c": 2}
    assert largest_remainder(20, shares) == {"a": 14, "b": 3, "c": 3}


def test_three_tenths_of_ten_are_three():
    cells = apportion({"a": 30}, {"train": 0.8, "test": 0.1, "validation": 0.1})
    assert cells == {"a": {"train": 24, "test": 3, "validation": 3}}


@settings(max_examples=200, deadline=None)
@given(sizes=SIZES, shares=SHARES)
def test_cells_and_totals_are_within_one_of_their_quotas(sizes, shares):
    cells = apportion(sizes, shares, at_least_one=False)
    whole = sum(sizes.values())
    for stratum, size in sizes.items():
        assert sum(cells[stratum].values()) == size
        for part, share in shares.items():
            assert abs(cells[stratum][part] - size * share) < 1 - 1e-9
    exact = {p: Fraction(s).limit_denominator(10**6) for p, s in shares.items()}
    wanted = largest_remainder(whole, exact)
    assert {part: total(cells, part) for part in shares} == wanted


@settings(max_examples=200, deadline=None)
@given(sizes=SIZES, shares=SHARES)
def test_every_stratum_is_in_every_part_as_far_as_it_reaches(sizes, shares):
    cells = apportion(sizes, shares)
    parts = [part for part, share in shares.items() if share > 0]
    for stratum, size in sizes.items():
        assert sum(cells[stratum].values()) == size
        assert all(cells[stratum][part] >= 1 for part in parts[:size])
        for part, share in shares.items():
            assert cells[stratum][part] <= max(1, math.ceil(size * share - 1e-9))


@settings(max_examples=200, deadline=None)
@given(data=st.data(), sizes=SIZES, shares=SHARES)
def test_recorded_patients_stay(data, sizes, shares):
    recorded = {
        stratum: {part: data.draw(st.integers(0, size // 4)) for part in shares}
        for stratum, size in sizes.items()
    }
    cells = apportion(sizes, shares, recorded=recorded)
    for stratum, size in sizes.items():
        assert sum(cells[stratum].values()) == size
        for part in shares:
            assert cells[stratum][part] >= recorded[stratum][part]


def test_growth_makes_up_for_what_was_missing():
    cells = apportion(
        {"a": 20}, {"train": 0.5, "test": 0.5}, recorded={"a": {"train": 9}}
    )
    assert cells == {"a": {"train": 10, "test": 10}}


def test_totals_may_be_given():
    cells = apportion(
        {"a": 2, "b": 2},
        {"train": 0.5, "test": 0.5},
        totals={"train": 2, "test": 2},
        at_least_one=False,
    )
    assert total(cells, "test") == 2
