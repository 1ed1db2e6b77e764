"""masks.csv: the region of interest of studies that come as DICOM."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.cohort import keyed_csv
from pipelines.errors import DataError, StudyError
from pipelines.tables import table_file
from pipelines.tasks.task import Task

_COLUMN = "path"


@dataclass(frozen=True, kw_only=True)
class Masks:
    """The masks of a cohort, by the id that is the key of the file.

    Args:
        paths: of NIfTI files, by the value of the key column. Private.
    """

    key: Literal["patient_id", "study_id"]
    paths: Mapping[str, str] = field(repr=False)

    def find(self, *, patient_id: str, study_id: str) -> str:
        """The path of a study's mask; "" = it has none."""
        wanted = patient_id if self.key == "patient_id" else study_id
        return self.paths.get(table_file.composed(wanted).strip(), "")


def read(path: Path, task: Task) -> Masks:
    """Reads a table (see `keyed_csv.read`) of a key column and the column `path`.

    Relative paths are relative to the table's folder. No file is read, but all must be
    there: a mask that a slip lost must not be found out after hours of work.

    Raises:
        DataError: not such a file, an id twice, an empty cell, files that do not exist,
            or one file for two studies.
    """
    path = Path(path)
    table = keyed_csv.read(path, task, (_COLUMN,))
    if table.key == "series_id":
        raise DataError(
            f"{path} has rows by series_id, and a mask is that of a study. Give them "
            "by patient_id or study_id"
        )
    folder = table_file.split_sheet(path)[0].parent
    paths: dict[str, str] = {}
    for name, row in table.rows.items():
        if not row[_COLUMN]:
            raise DataError(
                f"{path}, line {table.lines[name]}: {_COLUMN} must not be empty. Name "
                "the mask's NIfTI file, or take the row out"
            )
        paths[name] = str(folder / row[_COLUMN])
    _check_files(path, paths, table.lines)
    return Masks(key=table.key, paths=paths)


def check_one_study(study_ids: set[str], masks: Masks) -> None:
    """Holds the studies of a patient against a file that has one mask of him.

    Raises:
        StudyError: it can't say which of them the mask belongs to.
    """
    if masks.key == "patient_id" and len(study_ids) > 1:
        raise StudyError(
            code="mask_of_which_study",
            problem=f"its patient has {len(study_ids)} studies and one mask, by "
            "patient_id",
            cure="Give the rows of the mask file by study_id, or leave the other "
            "studies out of the source",
        )


def _check_files(
    path: Path, paths: Mapping[str, str], lines: Mapping[str, int]
) -> None:
    lacking = [name for name, file in paths.items() if not os.path.isfile(file)]
    if lacking:
        first = ", ".join(
            f"{paths[name]} (line {lines[name]})"
            for name in lacking[: table_file.SHOWN]
        )
        raise DataError(
            f"{path} names {len(lacking)} masks that are no files: {first}"
            f"{', ...' if len(lacking) > table_file.SHOWN else ''}. Paths are relative "
            "to its folder. Correct them, or take the rows out"
        )
    owners: dict[str, str] = {}
    for name, file in paths.items():
        owner = owners.setdefault(os.path.realpath(file), name)
        if owner != name:
            raise DataError(
                f"{path}, lines {lines[owner]} and {lines[name]}: one mask for two. "
                "Every study has a region of its own. "
                f"Received: {file}"
            )
