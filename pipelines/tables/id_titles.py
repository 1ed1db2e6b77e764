"""The titles that columns of ids have in exports and in hospitals."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.storage.csv_files import CsvTable
from pipelines.tables.table_file import composed

USUAL = {
    "patient_id": (
        "PatientID",
        "MRN",
        "Medical Record Number",
        "病历号",
        "患者ID",
        "病人ID",
    ),
    "study_uid": ("StudyInstanceUID", "StudyUID"),
    "accession_number": ("AccessionNumber", "检查号"),
    "series_id": ("SeriesInstanceUID", "SeriesUID"),
}


def usual(title: str) -> str:
    """Which of the ids of `USUAL` a title is usual for; "" = none.

    >>> usual("Patient ID"), usual("accession-number"), usual("Age")
    ('patient_id', 'accession_number', '')
    """
    return _IDS.get(_letters(title), "")


def with_ids(table: CsvTable, wanted: Mapping[str, Sequence[str]]) -> CsvTable:
    """The table with usual titles of ids replaced by those that are asked for.

    A title that is there as it is wanted stays, and so do two that would be one.

    Args:
        wanted: by title, which ids of `USUAL` it may be.
    """
    header = list(table.header)
    for name, ids in wanted.items():
        places = [n for n, title in enumerate(table.header) if usual(title) in ids]
        if len(places) == 1 and name not in table.header:
            header[places[0]] = name
    return replace(table, header=tuple(header))


def _letters(title: str) -> str:
    """Without what stands between letters and digits, and in small ones."""
    return re.sub(r"[\W_]+", "", composed(title).casefold())


_IDS = {_letters(title): name for name, titles in USUAL.items() for title in titles}
