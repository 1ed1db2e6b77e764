"""What all predictions have, whatever the target: whose they are and which split's."""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.storage import atomic_files

SPLITS = ("train", "validation", "test")
IDS = ("sample_id", "patient_id", "split", "fold")


def check(
    sample_id: Sequence[str], patient_id: Sequence[str], split: Sequence[str]
) -> None:
    """Holds the ids and splits of N samples against what judging needs.

    Raises:
        DataError: a sample that stands twice, an empty id, an unknown split.
    """
    double = first_double(sample_id)
    if double is not None:
        raise DataError(f"a sample stands once. Received: sample {double!r} twice")
    for name, ids in (("sample_id", sample_id), ("patient_id", patient_id)):
        if "" in ids:
            raise DataError(f"every sample wants a {name}. Received: an empty one")
    unknown = sorted(set(split) - set(SPLITS))
    if unknown:
        raise DataError(
            f"a split is one of {', '.join(SPLITS)}. Received: {unknown[0]!r}"
        )


def first_double(names: Iterable[str]) -> str | None:
    """The first name that stands twice, if any."""
    seen = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def write_table(path: str | Path, header: Sequence[str], rows: Iterable) -> None:
    """Writes a CSV file, whole or not at all."""
    with (
        atomic_files.replacing(path) as aside,
        open(aside, "w", encoding="utf-8", newline="") as opened,
    ):
        table = csv.writer(opened, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def number(value: float) -> str:
    """Nine digits, enough for float32; NaN is empty."""
    return "" if math.isnan(value) else f"{value:.9g}"


def read_table(path: str | Path) -> tuple[list[str], list[list[str]]]:
    """The header and the rows that are not empty.

    Raises:
        DataError: no CSV file.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as opened:
            header, *rows = list(csv.reader(opened)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} can't be read as a CSV file: {error}") from error
    return header, [row for row in rows if row]


def columns(header: Sequence[str], rows: Sequence[list[str]]) -> dict[str, list[str]]:
    """The cells by column.

    Raises:
        DataError: no row, or one of another length than the header.
    """
    if not rows:
        raise DataError("no prediction: the file has a header alone")
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise DataError(
                f"row {line} has {len(row)} cells where the header has {len(header)}"
            )
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}


def numbers(
    column: dict[str, list[str]], names: Sequence[str], *, empty: bool = False
) -> np.ndarray:
    """`[N, len(names)]` float64.

    Args:
        empty: whether a cell may be empty, and then is NaN.

    Raises:
        DataError: a cell that is no number.
    """
    values = np.empty((len(column[names[0]]), len(names)))
    for i, name in enumerate(names):
        for line, cell in enumerate(column[name]):
            try:
                values[line, i] = math.nan if empty and not cell else float(cell)
            except ValueError as error:
                raise DataError(
                    f"row {line + 2}: {name} is no number. Received: {cell!r}"
                ) from error
    return values


def check_header(header: Sequence[str], wanted: Sequence[str], right: str) -> None:
    """Raises a DataError for a missing, double or unknown column.

    Args:
        right: the columns that there may be, in words.
    """
    missing = sorted({*wanted} - {*header})
    if missing:
        raise DataError(
            f"missing column(s) {', '.join(missing)}. Received: {', '.join(header)}"
        )
    double = first_double(header)
    if double is not None:
        raise DataError(f"column {double!r} stands twice. It may stand once")
    unknown = sorted({*header} - {*wanted})
    if unknown:
        raise DataError(f"unknown column {unknown[0]!r}. Right are {right}")
