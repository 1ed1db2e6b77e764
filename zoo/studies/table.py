"""A paper's table as a value: its columns, its rows, what it printed."""

from dataclasses import dataclass
from typing import Literal

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
        paper: a value for each column, `"?"` = not published; empty = none.
    """

    label: str
    of: str
    split: Literal["train", "validation", "test"] = "test"
    of_class: str = ""
    paper: tuple[float | Literal["?"], ...] = ()


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

    def published(self, row: Row) -> tuple[float | str, ...]:
        """What the paper printed in a row, `"?"` where nothing."""
        return row.paper or (UNPUBLISHED,) * len(self.columns)
