"""Whole patients for shares of a cohort: exact quotas by class and in total."""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from fractions import Fraction

Cells = dict[str, dict[str, int]]  # stratum -> part -> patients


def apportion(
    sizes: Mapping[str, int],
    shares: Mapping[str, float],
    *,
    recorded: Mapping[str, Mapping[str, int]] | None = None,
    totals: Mapping[str, int] | None = None,
    at_least_one: bool = True,
) -> Cells:
    """How many patients of every stratum go to every part.

    Every cell is its quota `size * share` rounded up or down, and every part's total
    is the largest-remainder rounding of the whole cohort's quota as nearly as the
    cells allow (controlled rounding: patients are moved along shortest chains of
    strata until no chain brings a total nearer; with up to three parts every total is
    reached unless what follows forbids it). Two things come before the quotas:
    recorded patients stay, and with `at_least_one` a stratum with new patients has
    one in the first part, then in each other part, as far as they reach.

    Args:
        sizes: patients of every stratum, recorded ones included.
        shares: of every part, in order of precedence for the first patients of a
            stratum; they are taken relative to their sum.
        recorded: patients that are in a part already, by stratum and part.
        totals: of every part, in place of the largest-remainder ones.
    """
    exact = _exact(shares)
    goals = totals or largest_remainder(sum(sizes.values()), exact)
    cells, quotas, lowest, highest = {}, {}, {}, {}
    for stratum in sorted(sizes):
        fixed = dict((recorded or {}).get(stratum, {}))
        quota = {part: sizes[stratum] * share for part, share in exact.items()}
        wanted = {p: int(at_least_one and exact[p] > 0) for p in exact}
        row = _fill(sizes[stratum], quota, fixed, wanted)
        cells[stratum], quotas[stratum] = row, quota
        lowest[stratum] = {
            p: min(row[p], max(fixed.get(p, 0), math.floor(quota[p]), wanted[p]))
            for p in exact
        }
        highest[stratum] = {p: max(row[p], math.ceil(quota[p])) for p in exact}
    while chain := _chain(cells, quotas, lowest, highest, goals):
        for stratum, here, there in chain:
            cells[stratum][here] -= 1
            cells[stratum][there] += 1
    return cells


def largest_remainder(total: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole numbers that sum to `total`, each its quota rounded up or down.

    What is left after rounding down goes to the largest remainders (Hamilton's
    method); of equal ones to the later part, for test sets are the smallest.
    """
    quota = {part: total * share for part, share in shares.items()}
    counts = {part: math.floor(value) for part, value in quota.items()}
    order = sorted(reversed(list(shares)), key=lambda part: counts[part] - quota[part])
    for part in order[: total - sum(counts.values())]:
        counts[part] += 1
    return counts


def _exact(shares: Mapping[str, float]) -> dict[str, Fraction]:
    """Shares as fractions of 1: in floats, 30 * 0.1 is more than 3."""
    exact = {
        part: Fraction(share).limit_denominator(10**6) for part, share in shares.items()
    }
    return {part: share / sum(exact.values()) for part, share in exact.items()}


def _fill(
    size: int,
    quota: Mapping[str, Fraction],
    fixed: Mapping[str, int],
    wanted: Mapping[str, int],
) -> dict[str, int]:
    """One stratum: what must be, then each patient to the part that lacks most."""
    row = {part: fixed.get(part, 0) for part in quota}
    for part in _first_needs(row, wanted, size - sum(row.values())):
        row[part] += 1
    for _ in range(size - sum(row.values())):
        lacking = max(reversed(list(quota)), key=lambda part: quota[part] - row[part])
        row[lacking] += 1
    return row


def _first_needs(
    row: Mapping[str, int], wanted: Mapping[str, int], available: int
) -> Iterable[str]:
    return [part for part in row if row[part] < wanted[part]][: max(available, 0)]


def _chain(
    cells: Cells,
    quotas: Mapping[str, Mapping[str, Fraction]],
    lowest: Cells,
    highest: Cells,
    goals: Mapping[str, int],
) -> list[tuple[str, str, str]]:
    """The shortest moves (stratum, from, to) from a part too full to one too small.

    Empty where every total is right or none can be brought nearer. Of the strata that
    could give a patient, the one whose quotas ask for it most does.
    """

    def gain(stratum: str, here: str, there: str) -> Fraction:
        row, quota = cells[stratum], quotas[stratum]
        return row[here] - quota[here] + quota[there] - row[there]

    def giver(here: str, there: str) -> str | None:
        able = [
            stratum
            for stratum, row in cells.items()
            if row[here] > lowest[stratum][here]
            and row[there] < highest[stratum][there]
        ]
        return max(able, key=lambda stratum: gain(stratum, here, there), default=None)

    off = {
        part: sum(row[part] for row in cells.values()) - goals[part] for part in goals
    }
    for start in (part for part in goals if off[part] > 0):
        paths, queue = {start: []}, deque([start])
        while queue:
            here = queue.popleft()
            if off[here] < 0:
                return paths[here]
            for there in goals:
                stratum = None if there in paths else giver(here, there)
                if stratum is not None:
                    paths[there] = [*paths[here], (stratum, here, there)]
                    queue.append(there)
    return []
