"""Values to groups: the levels of a category, bands of a number, the unknown."""

from dataclasses import dataclass

import numpy as np

from pipelines.characteristics.columns import Column
from pipelines.errors import UsageError
from zoo.evaluation.subgroups.request import By

UNKNOWN = "unknown"
_MOST_NUMBERS = 6  # different ones that are groups without cuts


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouping:
    """N rows in groups.

    Args:
        by: what was asked for.
        names: of the groups that have a row; those whose value is not known last, under
            `unknown`.
        place: the group of every row, int `[N]`.
        unknown: whether the last group is the unknown.
    """

    by: By
    names: tuple[str, ...]
    place: np.ndarray
    unknown: bool


def grouping(by: By, column: Column) -> Grouping:
    """The groups of a column.

    Raises:
        UsageError: cuts of a category, or a number of many values without cuts.
    """
    if column.levels:
        if by.cuts:
            raise UsageError(
                f"{by.name} is no number, so it can't be cut. Its values are "
                f"{', '.join(column.levels)}"
            )
        names, place = list(column.levels), column.values
    elif by.cuts:
        names = [*by.bands]
        place = np.searchsorted(by.cuts, column.values, side="right").astype(float)
    else:
        names, place = _numbers(by, column)
    place = np.where(np.isnan(column.values), len(names), place).astype(int)
    there, place = np.unique(place, return_inverse=True)
    unknown = len(names) in there
    # A level of a task may be a word that means the same.
    names.append(UNKNOWN if UNKNOWN not in names else "not known")
    return Grouping(
        by=by,
        names=tuple(names[number] for number in there),
        place=place,
        unknown=unknown,
    )


def _numbers(by: By, column: Column) -> tuple[list[str], np.ndarray]:
    known = np.unique(column.values[column.known])
    if len(known) > _MOST_NUMBERS:
        middle = np.median(column.values[column.known])
        raise UsageError(
            f"{by.name} has {len(known)} different numbers: say where to cut, e.g. "
            f"--by {by.name}:{middle:g}"
        )
    place = np.searchsorted(known, column.values).astype(float)
    return [f"{number:g}" for number in known], place
