"""Table 1 of a clinical paper: who the patients are, group by group."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.characteristics.balance import largest_difference
from pipelines.characteristics.columns import Column, as_category
from pipelines.characteristics.contingency import (
    TestResult,
    cross_table,
    independence,
)
from pipelines.characteristics.location import difference, looks_normal


@dataclass(frozen=True, kw_only=True)
class Line:
    """One characteristic.

    Args:
        name: of the column.
        form: `"mean"` (SD), `"median"` (quartiles) or `"share"`.
        cells: by level (`""` = a number), then by group, all patients first.
        missing: patients without a value, by group, all first.
        test: of the groups.
        smd: largest standardised mean difference of two groups; NaN = none.
    """

    name: str
    form: str
    cells: dict[str, tuple[str, ...]]
    missing: tuple[int, ...]
    test: TestResult
    smd: float


@dataclass(frozen=True, kw_only=True)
class TableOne:
    """Characteristics of patients by group.

    Args:
        by: what makes the groups.
        groups: their names.
        patients: of all, then of each group.
        left_out: patients of no group.
        lines: one a characteristic.
    """

    by: str
    groups: tuple[str, ...]
    patients: tuple[int, ...]
    left_out: int
    lines: tuple[Line, ...]

    @property
    def tests(self) -> tuple[str, ...]:
        """Names of the tests that were done, each once."""
        names = (line.test.test for line in self.lines if line.test.test)
        return tuple(dict.fromkeys(names))


def table_one(by: Column, columns: Mapping[str, Column], *, seed: int = 0) -> TableOne:
    """Compares patients between groups.

    A number is mean (SD) and compared by Welch's t or ANOVA where it looks normal
    (`location.looks_normal`), else median (quartiles) and by Mann-Whitney or
    Kruskal-Wallis; a category n (% of those known), by chi-square or Fisher
    (`contingency.independence`). Nothing is corrected for their number.

    Args:
        by: the group of every patient, categorical; NaN = of none, left out.
        columns: of the same patients; a number that is 0 or 1 throughout counts as a
            category, and so does the column that is named as `by`: not compared.
        seed: of Fisher's Monte Carlo.
    """
    inside = np.flatnonzero(by.known)
    by_rows = by.take(inside)
    places = [
        np.flatnonzero(by_rows.values == number) for number in range(len(by.levels))
    ]
    filled = [number for number, rows in enumerate(places) if len(rows)]
    rows_of = [places[number] for number in filled]
    lines = [
        _line(as_category(column.take(inside)), rows_of, seed)
        for name, column in columns.items()
        if name != by.name
    ]
    return TableOne(
        by=by.name,
        groups=tuple(by.levels[number] for number in filled),
        patients=(len(inside), *map(len, rows_of)),
        left_out=int((~by.known).sum()),
        lines=tuple(line for line in lines if line is not None),
    )


def _line(column: Column, rows_of: Sequence[np.ndarray], seed: int) -> Line | None:
    """None for a column that nobody knows anything of."""
    if not column.known.any():
        return None
    everybody = np.arange(len(column.values))
    values = [column.values[rows] for rows in (everybody, *rows_of)]
    known = [part[~np.isnan(part)] for part in values]
    missing = tuple(len(part) - len(there) for part, there in zip(values, known))
    if column.levels:
        form, cells, test = (
            "share",
            _shares(column, known),
            _test(column, rows_of, seed),
        )
    else:
        normal = looks_normal(column.values)
        form = "mean" if normal else "median"
        describe = _mean if normal else _median
        decimals = _decimals(known[0])
        cells = {"": tuple(describe(there, decimals) for there in known)}
        test = difference(known[1:], normal=normal)
    return Line(
        name=column.name,
        form=form,
        cells=cells,
        missing=missing,
        test=test,
        smd=largest_difference(known[1:], len(column.levels)),
    )


def _shares(column: Column, known: Sequence[np.ndarray]) -> dict[str, tuple[str, ...]]:
    """Levels that somebody has; of 0 and 1 the second alone."""
    shown = [
        (number, level)
        for number, level in enumerate(column.levels)
        if (known[0] == number).any() and column.levels != ("0", "1") or level == "1"
    ]
    return {
        level: tuple(share(int((there == number).sum()), len(there)) for there in known)
        for number, level in shown
    }


def _test(column: Column, rows_of: Sequence[np.ndarray], seed: int) -> TestResult:
    group = np.full(len(column.values), math.nan)
    for number, rows in enumerate(rows_of):
        group[rows] = number
    counts = cross_table(group, column.values, len(rows_of), len(column.levels))
    return independence(counts, seed=seed)


def share(count: int, total: int) -> str:
    """`12 (40%)`; a decimal from 100 on, and 100 or 0 % where it is so.

    >>> share(1999, 2000), share(0, 7), share(0, 0)
    ('1999 (99.9%)', '0 (0%)', '0')
    """
    if not total:
        return str(count)
    decimals = 1 if total >= 100 else 0
    percent = 100 * count / total
    if 0 < count < total:
        least = 10.0**-decimals
        percent = min(max(percent, least), 100 - least)
        return f"{count} ({percent:.{decimals}f}%)"
    return f"{count} ({percent:.0f}%)"


def _mean(known: np.ndarray, decimals: int) -> str:
    if not len(known):
        return "-"
    spread = f" ± {known.std(ddof=1):.{decimals}f}" if len(known) > 1 else ""
    return f"{known.mean():.{decimals}f}{spread}"


def _median(known: np.ndarray, decimals: int) -> str:
    if not len(known):
        return "-"
    quartiles = np.quantile(known, (0.25, 0.5, 0.75))
    low, middle, high = (f"{value:.{decimals}f}" for value in quartiles)
    return f"{middle} ({low}–{high})"


def _decimals(known: np.ndarray) -> int:
    """One of numbers of 10 and more, up to four of small ones."""
    scale = float(np.median(np.abs(known)))
    return next((n for n, least in ((1, 10), (2, 1), (3, 0.1)) if scale >= least), 4)
