"""Which kinds of target columns may be, the likeliest first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.drafting.class_order import graded
from pipelines.drafting.column_kinds import Column, is_number

_LEAST_GRADES = 3  # of two classes an order says nothing


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A column that may be predicted.

    Args:
        values: what the rows of studies say, and how many do; rows of nobody and cells
            that are not known don't count.
    """

    column: Column
    values: Mapping[str, int] = field(repr=False)

    @property
    def grades(self) -> tuple[str, ...] | None:
        """Its classes from the lowest, where these are grades; else none."""
        names = graded(self.values) if self.column.kind == "class" else None
        return names if names and len(names) >= _LEAST_GRADES else None

    @property
    def is_numeric(self) -> bool:
        """Whether its cells are numbers, though some may be written badly."""
        return self.column.kind != "class" or all(map(is_number, self.values))

    @property
    def is_label(self) -> bool:
        """Whether a study has it, 1, or has it not, 0."""
        return {*self.values} <= {"0", "1"}


def kinds(chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """The kinds of target that the columns together may be, the likeliest first."""
    likely = {kind: fits(chosen) for kind, fits in FITS.items()}
    able = [kind for kind, rank in likely.items() if rank]
    return tuple(sorted(able, key=lambda kind: -likely[kind]))


def _as_classes(chosen: Sequence[Candidate]) -> int:
    return 2 * (len(chosen) == 1 and chosen[0].column.kind == "class")


def _as_labels(chosen: Sequence[Candidate]) -> int:
    return 3 * (len(chosen) > 1 and all(one.is_label for one in chosen))


def _as_grades(chosen: Sequence[Candidate]) -> int:
    return 3 * (len(chosen) == 1 and chosen[0].grades is not None)


def _as_numbers(chosen: Sequence[Candidate]) -> int:
    """Whole numbers that are few may be; 0 and 1 are not."""
    if not chosen or not all(one.is_numeric for one in chosen):
        return 0
    if len(chosen) > 1:
        return int(not _as_labels(chosen))
    return int(chosen[0].column.kind != "class" or _as_grades(chosen) > 0)


# How likely a kind is, by the columns; 0 = they can't be it.
FITS: dict[str, Callable[[Sequence[Candidate]], int]] = {
    "classification": _as_classes,
    "multilabel": _as_labels,
    "ordinal": _as_grades,
    "regression": _as_numbers,
}
