"""series.csv: which series is which sequence, in place of the rules of a task.

`python -m zoo.name_series` writes such a file, and a person may.
"""

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.cohort import sequence_matching, series_names, trace
from pipelines.cohort.series_kinds import kinds_of
from pipelines.errors import DataError, StudyError
from pipelines.privacy.original_ids import unguarded
from pipelines.readers.dicom.headers import Series
from pipelines.storage.csv_files import CsvTable
from pipelines.tables import table_file
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.task import Task

COLUMNS = ("series_id", "sequence")
_SHOWN = 3  # ids that a message names


@dataclass(frozen=True, kw_only=True)
class SeriesFile:
    """What a series.csv says.

    Args:
        sequences: by series_id, of the series that are a sequence of the task.
        lines: by series_id, of all rows: the line of the file.
        others: rows whose sequence is none of the task's, by what they say.
        sha256: of the file's bytes.
    """

    path: Path
    sequences: Mapping[str, str] = field(repr=False)
    lines: Mapping[str, int] = field(repr=False)
    others: Mapping[str, int]
    sha256: str

    def name(self, series: Series) -> str | None:
        """The sequence that a series is; none = the file names no one of the task."""
        return self.sequences.get(series.key)

    def assign(self, series: Iterable[Series], task: Task) -> dict[str, Series]:
        """The series of each sequence of a study, in the task's order of sequences.

        Raises:
            StudyError: a required sequence that the file does not name, or one that it
                names several times, with no preference in the task between them.
        """
        series, chosen = tuple(series), {}
        for sequence in task.sequences:
            if sequence.derive is not None:
                continue
            named = trace.one_for_each_weighting(
                [one for one in series if self.name(one) == sequence.name]
            )
            if named:
                chosen[sequence.name] = _one_of(named, sequence)
                trace.check(chosen[sequence.name], sequence.name, sequence.directions)
            elif sequence.required:
                raise StudyError(
                    code="missing_sequence",
                    problem=f"the series file names none of {len(series)} series "
                    f"{sequence.name}",
                    cure="Name one in its column sequence, or set "
                    "required = false in the task file",
                    private=series_names.on_screen(series),
                    subject=sequence.name,
                    instead=kinds_of(o for o in series if self.name(o) is None),
                )
        return chosen

    def check_ids(self, known: Iterable[str]) -> None:
        """Raises a DataError where the images lack a series of the file."""
        known = {*known}
        unknown = [name for name in self.lines if name not in known]
        if not unknown:
            return
        shown = ", ".join(f"{n} (line {self.lines[n]})" for n in unknown[:_SHOWN])
        near = difflib.get_close_matches(unknown[0], known, n=1, cutoff=0.9)
        raise DataError(
            f"{self.path} names {len(unknown)} of {len(self.lines)} series that the "
            f"images do not have: {shown}"
            + (f". Did you mean {near[0]!r}?" if near else "")
            + ". A series_id is the SeriesInstanceUID, with its part where it was "
            "split, as in UID#b=800. Name the folder that the file was made of, or "
            "take these rows out"
        )


def read(path: str | Path, task: Task) -> SeriesFile:
    """Reads a table with the columns series_id and sequence; others are of no account.

    Raises:
        DataError: not such a file, a series twice, or no sequence of the task in it.
    """
    path = Path(path)
    table = table_file.with_names(table_file.read(path, as_written=True), COLUMNS)
    ids, named = _places(path, table)
    known = {sequence.name for sequence in task.sequences}
    sequences: dict[str, str] = {}
    lines: dict[str, int] = {}
    others: dict[str, int] = {}
    for row in table.rows:
        cells = row.cells + ("",) * (len(table.header) - len(row.cells))
        series_id, sequence = unguarded(cells[ids].strip()), cells[named].strip()
        if not series_id:
            raise DataError(f"{path}, line {row.line} has no series_id")
        if series_id in lines:
            raise DataError(
                f"{path}, lines {lines[series_id]} and {row.line} have the same "
                "series_id; keep one"
            )
        lines[series_id] = row.line
        if sequence in known:
            sequences[series_id] = sequence
        else:
            others[sequence] = others.get(sequence, 0) + 1
    if not sequences:
        raise DataError(_no_sequence(path, others, known, task))
    file = table_file.split_sheet(path)[0]
    return SeriesFile(
        path=path,
        sequences=sequences,
        lines=lines,
        others=others,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
    )


def _one_of(named: list[Series], sequence: Sequence) -> Series:
    try:
        return sequence_matching.preferred(named, sequence)
    except StudyError as error:
        raise StudyError(
            code=error.code,
            problem=f"the series file names {series_names.safe_list(named)} "
            f"{sequence.name}",
            cure="Name one alone so, or say which one to `prefer` in its match in the "
            "task file",
            private=error.private,
            subject=error.subject,
            instead=error.instead,
        ) from error


def _places(path: Path, table: CsvTable) -> list[int]:
    """Where the columns are."""
    header = table.header
    missing = [name for name in COLUMNS if header.count(name) != 1]
    if missing:
        raise DataError(
            f"{path} wants the columns {' and '.join(COLUMNS)}, each once, and lacks "
            f"{' and '.join(missing)}"
            f"{''.join(table_file.meant(name, header) for name in missing)}. "
            f"Received: {', '.join(header) or 'no header'}"
        )
    return [header.index(name) for name in COLUMNS]


def _no_sequence(
    path: Path, others: Mapping[str, int], known: Iterable[str], task: Task
) -> str:
    known = sorted(known)
    near = [
        f"{close[0]!r} for {name!r}"
        for name in others
        if (close := difflib.get_close_matches(name, known, n=1))
    ]
    meant = f" (did you mean {', '.join(near)}?)" if near else ""
    return (
        f"{path} names no series as a sequence of the task {task.name}, which are "
        f"{', '.join(known)}. Received in its column sequence: "
        f"{', '.join(sorted(filter(None, others))) or 'nothing'}{meant}. Call them so "
        "in the file, or name the sequences of the task as the file does"
    )
