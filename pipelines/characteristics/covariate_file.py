"""Columns of a table of one's own, by the pseudonyms of patients or samples."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.characteristics.columns import Column, categorical
from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.tables import table_file

KEYS = ("sample_id", "patient_id")


@dataclass(frozen=True, kw_only=True, eq=False)
class CovariateFile:
    """What a table says of patients or samples.

    Args:
        path: for messages.
        key: which of `KEYS` its rows go by.
        ids: of its rows, each once.
        columns: by name, one value a row.
    """

    path: str
    key: str
    ids: tuple[str, ...]
    columns: dict[str, Column]

    def of(
        self, name: str, *, sample_ids: Sequence[str], patient_ids: Sequence[str]
    ) -> Column:
        """A column for N samples; NaN for those that the table has no row of.

        Raises:
            DataError: it has a row of none of them.
        """
        column = self.columns[name]
        row = {identity: place for place, identity in enumerate(self.ids)}
        asked = patient_ids if self.key == "patient_id" else sample_ids
        if row.keys().isdisjoint(asked):
            raise DataError(
                f"{self.path} has no row of any of these {len(asked)} samples. Its "
                f"column {self.key} wants the pseudonyms of predictions.csv and "
                f"manifest.csv, e.g. {asked[0]}. Received: e.g. {self.ids[0]}"
            )
        values = [
            column.values[row[identity]] if identity in row else math.nan
            for identity in asked
        ]
        return Column(name=name, values=np.array(values), levels=column.levels)


def read(path: str | os.PathLike) -> CovariateFile:
    """Reads CSV or a spreadsheet, see `pipelines.tables.table_file`.

    Where it has both keys, as predictions.csv has, its rows go by sample_id. A column
    whose filled cells are all numbers is one of numbers, else of words; an empty cell
    is not known.

    Raises:
        DataError: no table, no key column, a double title or id, a row without an id,
            a row that is too long, or no other column.
    """
    table = table_file.with_names(table_file.read(path), KEYS)
    header = table.header
    keys = [name for name in KEYS if name in header]
    if not keys:
        raise DataError(
            f"{path} wants a column patient_id or sample_id, by which its rows go. "
            f"Received: {', '.join(header) or 'nothing'}"
        )
    if len({*header}) < len(header) or "" in header or len(header) < 2:
        raise DataError(
            f"{path} wants different titles, and one column or more beside {keys[0]}. "
            f"Received: {', '.join(header)}"
        )
    for row in table.rows:
        if len(row.cells) != len(header):
            raise DataError(
                f"{path}, row {row.line} has {len(row.cells)} cells where the header "
                f"has {len(header)}"
            )
    ids = _ids(path, keys[0], table)
    columns = {
        name: _column(name, [row.cells[place] for row in table.rows])
        for place, name in enumerate(header)
        if name not in keys
    }
    return CovariateFile(path=str(path), key=keys[0], ids=ids, columns=columns)


def _ids(
    path: str | os.PathLike, key: str, table: table_file.CsvTable
) -> tuple[str, ...]:
    place = table.header.index(key)
    ids = tuple(with_letter(row.cells[place]) for row in table.rows)
    if not ids:
        raise DataError(f"{path} has a header alone")
    seen = set()
    for row, identity in zip(table.rows, ids):
        if not identity or identity in seen:
            what = f"{identity} twice" if identity else "none"
            raise DataError(f"{path}, row {row.line}: {key} stands once a row: {what}")
        seen.add(identity)
    table_file.check_ids(path, key, ids)
    return ids


def _column(name: str, cells: Sequence[str]) -> Column:
    try:
        values = [table_file.number(cell) if cell else math.nan for cell in cells]
    except ValueError:
        return categorical(name, cells)
    values = np.array(values, np.float64)
    return Column(name=name, values=np.where(np.isfinite(values), values, np.nan))
