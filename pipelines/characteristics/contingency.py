"""Tests of a table of counts: does one category go with the other?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

LEAST_EXPECTED = 5.0  # Cochran's rule (1954): below it chi-square's p is not trusted
DRAWS = 10_000
_TIE = 1 + 1e-7  # as R's fisher.test: equal probabilities differ by rounding


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """A test's outcome.

    Args:
        test: its name, as a table's footnote says it.
        p: two-sided; none where it can't be done.
        statistic, degrees: where the test has them.
        reason: why there is no p.
    """

    __test__ = False  # pytest takes names with Test for tests

    test: str
    p: float | None
    statistic: float | None = None
    degrees: float | None = None
    reason: str = ""


def independence(counts: np.ndarray, *, seed: int = 0) -> TestResult:
    """Chi-square where all expected counts are 5 or more, else Fisher's exact test.

    Pearson's chi-square without continuity correction (Pearson, 1900); Fisher's (1922)
    of 2 x 2 exactly, of larger tables as Freeman and Halton (1951), by Monte Carlo:
    10,000 tables of the same margins, p = (as unlikely + 1) / (drawn + 1).

    Args:
        counts: `[R, K]`, whole numbers; empty rows and columns are left out.
        seed: of the Monte Carlo.
    """
    counts = occupied(counts)
    if min(counts.shape) < 2:
        return TestResult(test="", p=None, reason="all are of one kind")
    expected = expected_counts(counts)
    if expected.min() >= LEAST_EXPECTED:
        return chi_square(counts)
    return fisher(counts, seed=seed)


def occupied(counts: np.ndarray) -> np.ndarray:
    """Without empty rows and columns, int."""
    counts = np.asarray(counts).astype(np.int64)
    return counts[counts.sum(1) > 0][:, counts.sum(0) > 0]


def expected_counts(counts: np.ndarray) -> np.ndarray:
    """Counts that the margins give if nothing goes with anything, `[R, K]`."""
    return np.outer(counts.sum(1), counts.sum(0)) / counts.sum()


def chi_square(counts: np.ndarray) -> TestResult:
    """Pearson's chi-square test; no row and no column may be empty."""
    expected = expected_counts(counts)
    statistic = float(((counts - expected) ** 2 / expected).sum())
    degrees = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return TestResult(
        test="chi-square",
        p=float(stats.chi2.sf(statistic, degrees)),
        statistic=statistic,
        degrees=degrees,
    )


def fisher(counts: np.ndarray, *, seed: int = 0) -> TestResult:
    """Fisher's exact test; of tables larger than 2 x 2 by Monte Carlo."""
    if counts.shape == (2, 2):
        p = float(stats.fisher_exact(counts).pvalue)
        return TestResult(test="Fisher", p=p)
    drawn = stats.random_table.rvs(
        counts.sum(1), counts.sum(0), size=DRAWS, random_state=seed
    )
    logs = stats.random_table.logpmf(drawn, counts.sum(1), counts.sum(0))
    own = float(stats.random_table.logpmf(counts, counts.sum(1), counts.sum(0)))
    as_unlikely = int((logs <= own + np.log(_TIE)).sum())
    return TestResult(test="Fisher-Freeman-Halton", p=(as_unlikely + 1) / (DRAWS + 1))


def cramers_v(counts: np.ndarray) -> float:
    """How closely two categories go together, 0 to 1; NaN where one has one level.

    Corrected for what chance alone gives (Bergsma, Journal of the Korean Statistical
    Society 42, 2013).
    """
    counts = occupied(counts)
    rows, columns = counts.shape
    total = counts.sum()
    if min(rows, columns) < 2 or total < 2:
        return float("nan")
    phi2 = chi_square(counts).statistic / total
    phi2 = max(0.0, phi2 - (rows - 1) * (columns - 1) / (total - 1))
    narrow_rows = rows - (rows - 1) ** 2 / (total - 1)
    narrow_columns = columns - (columns - 1) ** 2 / (total - 1)
    least = min(narrow_rows, narrow_columns) - 1
    return float(min(1.0, np.sqrt(phi2 / least))) if least > 0 else float("nan")


def cross_table(
    first: np.ndarray, second: np.ndarray, rows: int, columns: int
) -> np.ndarray:
    """Counts `[rows, columns]` of pairs of places; a pair with a NaN is left out."""
    known = ~(np.isnan(first) | np.isnan(second))
    cells = first[known].astype(int) * columns + second[known].astype(int)
    return np.bincount(cells, minlength=rows * columns).reshape(rows, columns)
