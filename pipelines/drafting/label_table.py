"""What a spreadsheet says of the studies: whose rows they are, and what is in them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pipelines.cohort.keyed_csv import KEYS, with_key
from pipelines.drafting import column_kinds, id_column
from pipelines.drafting.column_kinds import Column, is_known
from pipelines.drafting.id_column import IdColumn, Key, StudyKey, called_id
from pipelines.errors import DataError
from pipelines.storage.csv_files import CsvRow, CsvTable
from pipelines.tables import table_file

_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class StudyIds:
    """The ids of a source, as its headers or its table of volumes have them.

    Args:
        patients: every patient_id, and of how many studies.
    """

    patients: Mapping[str, int]
    study_uids: frozenset[str] = frozenset()
    accession_numbers: frozenset[str] = frozenset()

    def __post_init__(self):
        if not self.patients:
            raise ValueError("ids of studies want a patient. Received: none")


@dataclass(frozen=True, kw_only=True)
class LabelFacts:
    """What a label table holds. Ids are private: for the screen alone, as are notes.

    Args:
        path: of the table, with its sheet where one is named.
        key: what ingest calls the column that says whose row it is.
        study_key: of a task whose rows are by study_id; "" = by patient_id.
        key_column: that column's title, as written.
        rows: below the header.
        columns: all of them, in their order.
        matched: studies with a row.
        unmatched_rows: ids of rows that no study has.
        without_row: ids of studies, or of patients, that no row has.
        states_key: whether ingest wants to be told of the key column, as another title
            of an id stands beside it, or its own is none that ingest knows.
        reason: why that column was taken, for the screen.
        notes: what ingest would refuse or reject, each with its cure.
        cells: by the id of every row that a study has: its cells by title.
    """

    path: Path
    key: Key
    study_key: StudyKey
    key_column: str
    rows: int
    columns: tuple[Column, ...]
    matched: int
    unmatched_rows: tuple[str, ...] = ()
    without_row: tuple[str, ...] = ()
    states_key: bool = False
    reason: str = ""
    notes: tuple[str, ...] = ()
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)


def facts(path: Path, ids: StudyIds) -> LabelFacts:
    """Reads a table and finds whose rows it has.

    Raises:
        DataError: it can't be read or has no rows, or no column has ids of the studies,
            or a spreadsheet program has changed them.
    """
    table, notes = _whole(path, table_file.read(path))
    studies_of = {_plain(one): number for one, number in ids.patients.items()}
    known = {
        "patient_id": frozenset(studies_of) - {""},
        "study_uid": frozenset(map(_plain, ids.study_uids)) - {""},
        "accession_number": frozenset(map(_plain, ids.accession_numbers)) - {""},
    }
    taken, others = id_column.find(Path(path), table, known, studies_of)
    theirs = known[taken.study_key or "patient_id"]
    rows = {row.cells[taken.place]: row for row in reversed(table.rows)}  # the first
    columns = tuple(_columns(table, taken, known))
    states_key = _wants_key(table, taken) and _can_state_key(table, taken, known)
    if not states_key:
        notes += _of_key_titles(table, taken)
    notes += [*_of_titles(table), *_of_key(table, taken, theirs)]
    notes += [f"column {one.name!r}: {one.fault}" for one in columns if one.fault]
    return LabelFacts(
        path=Path(path),
        key=taken.key,
        study_key=taken.study_key,
        key_column=table.header[taken.place],
        rows=len(table.rows),
        columns=columns,
        matched=taken.studies,
        unmatched_rows=tuple(sorted({*rows} - theirs - {""})),
        without_row=tuple(sorted(theirs - {*rows})),
        states_key=states_key,
        reason=_reason(table, taken, others),
        notes=tuple(notes),
        cells={
            name: dict(zip(table.header, row.cells))
            for name, row in sorted(rows.items())
            if name in theirs
        },
    )


def _plain(one: str) -> str:
    return table_file.composed(one).strip()


def _whole(path: Path, table: CsvTable) -> tuple[CsvTable, list[str]]:
    """The table with rows as long as its header, and what was to be said of others."""
    if not table.rows:
        raise DataError(
            f"{path} has no rows below a header. The first row holds the titles of the "
            "columns, and each further one belongs to a patient or a study"
        )
    length = len(table.header)
    wrong = [row.line for row in table.rows if len(row.cells) != length]
    rows = [
        CsvRow(line=row.line, cells=(*row.cells, *[""] * length)[:length])
        for row in table.rows
    ]
    notes = [
        f"{_lines(wrong)} not as many cells as the header, {length}: ingest refuses "
        "the table. A separator may be missing, or stand in a cell without quotes"
    ]
    return replace(table, rows=tuple(rows)), notes if wrong else []


def _columns(
    table: CsvTable, taken: IdColumn, known: id_column.Known
) -> Iterator[Column]:
    for place, title in enumerate(table.header):
        cells = [row.cells[place] for row in table.rows]
        found = column_kinds.column(title, cells)
        kind = "id" if place == taken.place else _says_whose(found, cells, known)
        if kind:
            missing = sum(not cell for cell in cells)
            found = Column(name=title, kind=kind, missing=missing)
        yield found


def _says_whose(
    found: Column, cells: Sequence[str], known: id_column.Known
) -> Literal["", "id", "running number"]:
    """What cells are that say whose row it is, though they were not taken; else ""."""
    there = [cell for cell in cells if is_known(cell)]
    if found.kind in ("empty", "date"):
        return ""
    if found.kind == "class" or len({*there}) < len(there):
        named = found.kind == "text" or called_id(found.name)
        return "id" if named and _mostly(there, known) else ""
    if _mostly(there, known):
        return "id"
    if id_column.is_running(there):
        return "running number"
    return "id" if called_id(found.name) else ""


def _mostly(cells: Sequence[str], known: id_column.Known) -> bool:
    different = {*cells}
    return any(2 * len(different & names) > len(different) for names in known.values())


def _reason(table: CsvTable, taken: IdColumn, others: Sequence[IdColumn]) -> str:
    """Why a column was taken for the ids, and what other columns hold some."""
    reason = f"{taken.shared} of its {taken.different} values are {taken.of_what}s"
    if taken.counts:
        reason += (
            ", though it merely counts the rows: see that the row of each number is "
            "that patient's or study's"
        )
    if others:
        best = {one.place: one for one in sorted(others, key=lambda one: one.shared)}
        shown = "; ".join(
            f"{table.header[place]!r} holds {one.shared} {one.of_what}s"
            + (", but merely counts the rows" if one.counts else "")
            for place, one in sorted(best.items())
        )
        reason += f" ({shown})"
    return reason


def _keyed(table: CsvTable, taken: IdColumn) -> Sequence[str]:
    """The titles as ingest reads them, where nobody tells it more."""
    named = table_file.with_names(table, KEYS)
    study_key = taken.study_key or "study_uid"
    return with_key(named, study_key=study_key, unit="study").header


def _wants_key(table: CsvTable, taken: IdColumn) -> bool:
    """Whether ingest would not see by the titles alone whose rows they are."""
    keyed = _keyed(table, taken)
    return keyed[taken.place] != taken.key or sum(one in KEYS for one in keyed) > 1


def _can_state_key(table: CsvTable, taken: IdColumn, known: id_column.Known) -> bool:
    """Whether the column has a title, of its own, that is nobody's id."""
    plain = [table_file.plain_title(title) for title in table.header]
    title = table.header[taken.place]
    is_id = any(title in names for names in known.values())
    return bool(title) and plain.count(plain[taken.place]) == 1 and not is_id


def _of_key_titles(table: CsvTable, taken: IdColumn) -> Iterator[str]:
    """How to title the columns of ids, where the task file can't say it."""
    own, keyed = table.header[taken.place], _keyed(table, taken)
    if keyed[taken.place] != taken.key:
        usual = [mine for mine, title in zip(table.header, keyed) if title in KEYS]
        yield (
            f"title the column {own!r} {taken.key}: that is how ingest knows whose "
            "rows they are" + (f", and else takes {usual[0]!r} for it" if usual else "")
        )
    others = [
        table.header[place]
        for place, title in enumerate(table_file.with_names(table, KEYS).header)
        if title in KEYS and place != taken.place
    ]
    if others:
        yield (
            f"take {', '.join(others)} out, or title it otherwise: ingest wants one of "
            f"the columns {', '.join(KEYS)}, here {taken.key}"
        )


def _of_titles(table: CsvTable) -> Iterator[str]:
    """What ingest would not take of the header, and of the columns it knows by name."""
    titles = table_file.with_names(table, (*KEYS, "role", "site")).header
    twice = [title for title, number in Counter(titles).items() if number > 1]
    if twice:
        yield (
            f"{len(twice)} titles stand over several columns "
            f"({', '.join(map(repr, twice[:_SHOWN]))}): ingest wants each to be another"
        )
    if "role" in titles:
        place = titles.index("role")
        roles = {row.cells[place] for row in table.rows} - {"", "train_only"}
        if roles:
            yield (
                f"the column {table.header[place]!r} holds "
                f"{', '.join(map(repr, sorted(roles)[:_SHOWN]))}, and to ingest a role "
                "is train_only or empty: title it otherwise"
            )


def _of_key(table: CsvTable, taken: IdColumn, theirs: frozenset[str]) -> Iterator[str]:
    """What ingest would not take of the ids of the rows."""
    lines: dict[str, list[int]] = {}
    for row in table.rows:
        lines.setdefault(row.cells[taken.place], []).append(row.line)
    nameless = lines.pop("", [])
    title = table.header[taken.place]
    if nameless:
        yield (
            f"{_lines(nameless)} no id in {title!r}: ingest refuses the table. Fill it "
            "in, or take the row out"
        )
    twice = [(name, at) for name, at in lines.items() if len(at) > 1]
    if twice:
        shown = "; ".join(
            f"{name}: lines {', '.join(map(str, at))}" for name, at in twice[:_SHOWN]
        )
        cure = "keep one"
        if taken.key == "patient_id":
            cure += ", or, if these are two studies, give rows by study_id"
        yield f"{len(twice)} ids have several rows ({shown}): {cure}"
    elif taken.several and theirs:
        yield (
            "some patients have several studies, and all of them get the patient's "
            "row. If a row is of one study, give rows by study_id"
        )


def _lines(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:_SHOWN])) + (", ..." if lines[_SHOWN:] else "")
    return f"line {shown} has" if len(lines) == 1 else f"lines {shown} have"
