"""Whether what patients are goes with their class or their split."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.characteristics.columns import Column, as_category
from pipelines.characteristics.contingency import (
    cramers_v,
    cross_table,
    independence,
)
from pipelines.characteristics.location import difference, looks_normal
from pipelines.characteristics.patients import CLASS, SPLIT
from pipelines.characteristics.table_text import p_text
from pipelines.terminal.table import align
from zoo.auditing.finding import ALPHA, Finding
from zoo.evaluation.comparison import holm

_ACQUISITION = ("vendor", "field_strength", "site")


def class_by_split(columns: Mapping[str, Column], *, seed: int) -> Finding:
    """Whether the classes are dealt evenly to the splits.

    Args:
        columns: one value a patient, see `characteristics.patients`.
    """
    rows = [_row(columns[SPLIT], columns[CLASS], seed)]
    return _finding("class_by_split", rows, (SPLIT,))


def class_by_columns(columns: Mapping[str, Column], *, seed: int) -> Finding:
    """What goes with the class: how a study was made may be a shortcut.

    Cramér's V (bias-corrected) of categories; p of every column, by Holm. A finding are
    vendor, field strength and site alone: age, sex and covariates may belong to the
    disease.
    """
    names = [name for name in columns if name not in (CLASS, SPLIT)]
    rows = [_row(as_category(columns[name]), columns[CLASS], seed) for name in names]
    rows = [row for row in rows if row["p"] is not None]
    return _finding("class_by_columns", rows, _ACQUISITION)


def _row(column: Column, classes: Column, seed: int) -> dict:
    """How closely a column and the class go together."""
    if column.levels:
        counts = cross_table(
            column.values, classes.values, len(column.levels), len(classes.levels)
        )
        result, closeness = independence(counts, seed=seed), cramers_v(counts)
    else:
        groups = [
            column.values[(classes.values == number) & column.known]
            for number in range(len(classes.levels))
        ]
        result = difference(groups, normal=looks_normal(column.values))
        closeness = float("nan")
    return {
        "column": column.name,
        "patients": int((column.known & classes.known).sum()),
        "test": result.test,
        "p": result.p,
        "cramers_v": None if np.isnan(closeness) else closeness,
    }


def _finding(check: str, rows: Sequence[dict], judged: Sequence[str]) -> Finding:
    """Args: judged: columns that make a finding."""
    if not rows or all(row["p"] is None for row in rows):
        return Finding(
            check=check,
            found=None,
            lines=("nothing to compare: all are of one kind, or not known",),
            facts={"rows": list(rows)},
        )
    for row, adjusted in zip(rows, holm.adjusted([row["p"] for row in rows])):
        row["p_holm"] = adjusted
    cells = [["column", "known", "Cramér's V", "p", "p, Holm", "test"]]
    cells += [
        [
            row["column"],
            str(row["patients"]),
            "-" if row["cramers_v"] is None else f"{row['cramers_v']:.2f}",
            p_text(row["p"]),
            p_text(row["p_holm"]),
            row["test"],
        ]
        for row in rows
    ]
    return Finding(
        check=check,
        found=any(row["p_holm"] < ALPHA for row in rows if row["column"] in judged),
        lines=tuple(align(cells).split("\n")),
        facts={"rows": list(rows)},
    )
