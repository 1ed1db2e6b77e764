"""Which column of a table says whose row it is: the one that holds the source's ids."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.cohort.keyed_csv import KEYS
from pipelines.errors import DataError
from pipelines.storage.csv_files import CsvTable
from pipelines.tables import id_titles, table_file

Key = Literal["patient_id", "study_id"]
StudyKey = Literal["", "study_uid", "accession_number"]
Known = Mapping[str, frozenset[str]]  # patient_id, study_uid, accession_number

_CALLED_ID = re.compile(
    r"(?:^|[^a-z])(?:id|uid|mrn|pid|nr|no|key)(?:[^a-z]|$)|ID$|[a-z]UID|patient|subject"
    r"|case|study|accession|编号|号码|姓名|name$",
    re.IGNORECASE,
)
_SHOWN = 3
_OFTEN = 4  # rows for each id, on average, that ids do not have
_KEPT = 15  # digits
_FEWEST_COUNTED = 3  # rows that 1, 2, 3, ... number
_TITLES = {"patient_id": "PatientID", "study_uid": "StudyInstanceUID"}
_TITLES["accession_number"] = "AccessionNumber"


@dataclass(frozen=True, kw_only=True)
class IdColumn:
    """A column that holds ids of the source.

    Args:
        place: of the column, from 0.
        key: what ingest calls it.
        study_key: which id of a study; "" of a patient.
        shared: how many different ids of the source it has.
        studies: how many studies these are.
        several: whether a patient has several of these studies, or several rows.
        different: how many different cells it has.
        counts: whether it counts 1, 2, 3, ... under a title that ids don't have.
        is_likely: whether its title is like that of ids, or every row has another cell.
    """

    place: int
    key: Key
    study_key: StudyKey
    shared: int
    studies: int
    several: bool
    different: int
    counts: bool = False
    is_likely: bool = True

    @property
    def of_what(self) -> str:
        """The name of its ids in DICOM."""
        return _TITLES[self.study_key or "patient_id"]


def find(
    path: Path, table: CsvTable, known: Known, studies_of: Mapping[str, int]
) -> tuple[IdColumn, tuple[IdColumn, ...]]:
    """The column to take, by how many of the source's ids are in it.

    Patients' ids are taken where every patient has one row and one study; else ids of
    studies where there are any, for a row may be of one study alone. Numbers that count
    the rows would be ids of any patients who are numbered: they are taken where no
    other column has ids, and where most of them are ids and most ids are among them.

    Returns:
        It, and the others that have ids of half as many studies or more.

    Args:
        known: the ids of the source by what they are, as cells would say them.
        studies_of: every patient.

    Raises:
        DataError: no column has ids of the source, or a spreadsheet program has changed
            them.
    """
    columns = [[row.cells[n] for row in table.rows] for n in range(len(table.header))]
    titles = table_file.with_names(table, KEYS).header
    every = list(_candidates(table, columns, known, studies_of))
    found = _without_counts(every, known)
    if not found:
        _check_all_spoiled(path, table.header, columns, known)
        raise _nothing_shared(path, table.header, columns, known)
    most = max(one.studies for one in found)
    found = [one for one in found if 2 * one.studies >= most]  # no accidents

    def rank(one: IdColumn) -> tuple[int, bool, bool, bool, int]:
        title, usual = titles[one.place], id_titles.usual(table.header[one.place])
        as_ingest = (title == one.key, usual == (one.study_key or "patient_id"))
        return (one.shared, *as_ingest, called_id(title), -one.place)

    patients = [one for one in found if one.key == "patient_id"]
    studies = [one for one in found if one.key == "study_id"]
    taken = max(patients or studies, key=rank)
    if taken.several and studies:
        taken = max(studies, key=rank)
    _check_spoiled(path, table.header[taken.place], columns[taken.place], taken, known)
    likely = [one for one in every if 2 * one.studies >= taken.studies]
    return taken, tuple(one for one in likely if one.place != taken.place)


def is_running(cells: Sequence[str]) -> bool:
    """Whether cells count on by 1 from row to row, as the numbers of rows do."""
    if len(cells) < _FEWEST_COUNTED or not all(map(str.isdecimal, cells)):
        return False
    numbers = [int(cell) for cell in cells]
    return numbers == [*range(numbers[0], numbers[0] + len(numbers))]


def _without_counts(found: Sequence[IdColumn], known: Known) -> list[IdColumn]:
    """Without columns that merely count, unless nothing else can be the ids."""
    others = [one for one in found if not one.counts]
    if any(one.is_likely for one in others):
        return others
    return [*others, *(one for one in found if one.counts and _covers(one, known))]


def _covers(one: IdColumn, known: Known) -> bool:
    """Whether most cells are ids, and most ids are among the cells."""
    ids = len(known[one.study_key or "patient_id"])
    return 2 * one.shared > max(one.different, ids)


def called_id(title: str) -> bool:
    """Whether a title sounds like one of ids."""
    return bool(_CALLED_ID.search(title))


def _candidates(
    table: CsvTable,
    columns: Sequence[Sequence[str]],
    known: Known,
    studies_of: Mapping[str, int],
) -> Iterator[IdColumn]:
    titles = table_file.with_names(table, KEYS).header
    for kind, names in known.items():
        for place, cells in enumerate(columns):
            shared = names.intersection(cells)
            rows = sum(cell in shared for cell in cells)
            often = rows > _OFTEN * len(shared)  # grades, among patients 1, 2, 3, ...
            if not shared or (often and not called_id(table.header[place])):
                continue
            of_patients = kind == "patient_id"
            studies = len(shared)
            if of_patients:
                studies = sum(studies_of[name] for name in shared)
            title = table.header[place]
            named = titles[place] in KEYS or bool(id_titles.usual(title))
            yield IdColumn(
                place=place,
                key="patient_id" if of_patients else "study_id",
                study_key="" if of_patients else kind,
                shared=len(shared),
                studies=studies,
                several=of_patients and max(studies, rows) > len(shared),
                different=len({*filter(None, cells)}),
                counts=is_running(cells) and not named,
                is_likely=named or called_id(title) or len({*cells}) == len(cells),
            )


def _check_spoiled(
    path: Path, title: str, cells: Sequence[str], taken: IdColumn, known: Known
) -> None:
    """Of the column that was found: what one id lacks, most will."""
    table_file.check_ids(path, title, cells)
    names = known[taken.study_key or "patient_id"]
    for wanted, spoiled in _spoiled_of(names.difference(cells), {*cells} - names):
        raise _spoiled(path, title, spoiled, wanted)


def _check_all_spoiled(
    path: Path,
    header: Sequence[str],
    columns: Sequence[Sequence[str]],
    known: Known,
) -> None:
    """Where no column has an id: the one in which most would be, had they been kept."""
    faults: list[tuple[tuple[int, bool], DataError]] = []
    for names in known.values():
        for title, cells in zip(header, columns):
            pairs = [*_spoiled_of(names.difference(cells), {*cells} - names)]
            if pairs:
                error = _spoiled(path, title, pairs[0][1], pairs[0][0])
                faults.append(((len(pairs), called_id(title)), error))
    if faults:
        raise max(faults, key=lambda fault: fault[0])[1]
    for title, cells in zip(header, columns):
        if called_id(title):
            table_file.check_ids(path, title, cells)


def _spoiled_of(
    names: Iterable[str], cells: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Ids, in their order, with what a spreadsheet program has made of each."""
    by_start: dict[str, list[str]] = {}
    for cell in cells:
        by_start.setdefault(_start(cell), []).append(cell)
    for wanted in sorted(names):
        spoiled = table_file.spoiled(wanted, by_start.get(_start(wanted), ()))
        if spoiled is not None:
            yield wanted, spoiled


def _start(digits: str) -> str:
    """What a spreadsheet program leaves of an id, so that few need be compared."""
    return digits.lstrip("0")[:_KEPT]


def _spoiled(path: Path, title: str, spoiled: str, wanted: str) -> DataError:
    return DataError(
        f"{path} has {spoiled} in the column {title!r} where the images say {wanted}: "
        "a spreadsheet program takes leading zeros away, and all digits behind the "
        f"15th. {table_file.AS_TEXT}"
    )


def _nothing_shared(
    path: Path,
    header: Sequence[str],
    columns: Sequence[Sequence[str]],
    known: Known,
) -> DataError:
    theirs = "; ".join(
        f"{_TITLES[kind]} {', '.join(sorted(names)[:_SHOWN])}"
        for kind, names in known.items()
        if names
    )
    ours = "; ".join(
        f"{title!r} {', '.join(dict.fromkeys(cells[:_SHOWN]))}"
        for title, cells in zip(header, columns)
        if called_id(title)
    )
    return DataError(
        f"no column of {path} holds ids of the studies. The studies have {theirs}; the "
        f"table has {ours or 'the columns ' + ', '.join(header)}. Write the ids as the "
        f"studies have them, in a column titled {' or '.join(KEYS[:2])}"
    )
