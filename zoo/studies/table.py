"""A paper's table as a value: its columns, its rows, what it printed."""

from dataclasses import dataclass
from typing import Literal

from pipelines.errors import UsageError
from zoo.evaluation.subgroups import request
from zoo.evaluation.subgroups.request import By
from zoo.studies import columns

UNPUBLISHED = "?"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table: what the paper printed, and which of our runs is beside it.

    Args:
        label: as on the page.
        of: name of a training or an ensemble of the study.
        split: whose figures these are.
        of_class: this class against the rest; "" = all classes together, or the
            positive one of two.
        by: a column that separates the patients, as of `zoo.evaluate --by`, e.g.
            `"age:60"`; "" = all of them.
        group: of these groups the one whose figures these are, e.g. `"<60"`.
        paper: a value for each column, `"?"` = not published; empty = none.
    """

    label: str
    of: str
    split: Literal["train", "validation", "test"] = "test"
    of_class: str = ""
    by: str = ""
    group: str = ""
    paper: tuple[float | Literal["?"], ...] = ()

    def __post_init__(self):
        if bool(self.by) != bool(self.group):
            raise ValueError(
                f"row {self.label!r}: by and group go together. Received: by = "
                f"{self.by!r}, group = {self.group!r}"
            )
        if not self.by:
            return
        bands = _separated(self).bands
        if bands and self.group not in bands:
            raise ValueError(
                f"row {self.label!r}: {self.by} makes the groups {', '.join(bands)}. "
                f"Received: {self.group!r}"
            )


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of a paper.

    Args:
        title: as on the page.
        columns: see `zoo.studies.columns`. With `of_class`, `"accuracy"` is
            (TP + TN) / N and `"balanced accuracy"` (sensitivity + specificity) / 2.
        titles: of the columns, where the paper calls them otherwise; empty = the same.
        rows: in the paper's order.
        aggregate: of cross-validations: `"pooled"` = all folds' answers together,
            `"fold_mean"` = the mean of the folds' figures.
        note: what the reader must know of it.
    """

    title: str
    columns: tuple[str, ...]
    titles: tuple[str, ...] = ()
    rows: tuple[Row, ...]
    aggregate: Literal["pooled", "fold_mean"] = "pooled"
    note: str = ""

    def __post_init__(self):
        for column in self.columns:
            columns.parse(column)
        if self.titles and len(self.titles) != len(self.columns):
            raise ValueError(
                f"table {self.title!r} wants a title for each of its "
                f"{len(self.columns)} columns. Received: {len(self.titles)}"
            )
        for row in self.rows:
            if row.paper and len(row.paper) != len(self.columns):
                raise ValueError(
                    f"table {self.title!r}, row {row.label!r}: paper wants a value "
                    f"(or '?') for each of the {len(self.columns)} columns. "
                    f"Received: {len(row.paper)}"
                )

            of_numbers = {columns.parse(c)[1] for c in self.columns} & {
                *columns.OF_NUMBERS
            }
            if row.by and (self.aggregate == "fold_mean" or of_numbers):
                raise ValueError(
                    f"table {self.title!r}, row {row.label!r}: groups of patients go "
                    "with figures of classes, of pooled folds. Leave by and group out"
                )

    def published(self, row: Row) -> tuple[float | str, ...]:
        """What the paper printed in a row, `"?"` where nothing."""
        return row.paper or (UNPUBLISHED,) * len(self.columns)


def _separated(row: Row) -> By:
    try:
        (by,) = request.parse([row.by])
    except UsageError as error:
        raise ValueError(f"row {row.label!r}: {error}") from error
    return by
