"""Mutated tables of labels and volumes, and what Python's csv module reads in them."""

import csv
import io
import random
from pathlib import Path

import fuzz_mutations as mutations

from pipelines.cohort import labels
from pipelines.errors import DataError
from pipelines.readers import nifti_table
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

_CLASSES = ("no", "yes")
_LABELS = [["patient_id", "label", "age", "role"]] + [
    [f"P{number:03}", _CLASSES[number % 2], f"{40 + number}.5", ""]
    for number in range(6)
]
_VOLUMES = [["patient_id", "study_id", "sequence", "path", "frame"]] + [
    [f"P{number:03}", f"S,{number}", "T1", f"päth {number}.nii", str(number)]
    for number in range(4)
]
_PIECES = (",", ";", "\t", '"', "\n", "\r\n", "\0", "\ufeff", " ", "=", "é", "1,5", "'")
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252", "gb18030")
_DELIMITERS = (",", ";", "\t")


class Subject:
    """labels.csv and volumes.csv.

    Args:
        folder: to work in; its own.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._task = Task(
            name="small",
            sequences=(Sequence(name="T1"),),
            target=Target(columns=("label",), classes=_CLASSES),
            covariates=("age",),
            grid=Grid(shape=(4, 4, 4)),
        )

    def run(self, source: random.Random) -> tuple[str, str]:
        """One mutated table: what was done, and what came of it."""
        of_labels = source.random() < 0.5
        rows = [[*row] for row in (_LABELS if of_labels else _VOLUMES)]
        mutate = source.choice((_bytes, _text, _cells, _rows, _columns))
        content = mutate(source, rows)
        path = self._folder / "table.csv"
        path.write_bytes(content)
        return mutate.__name__.strip("_"), self._outcome(path, of_labels)

    def _outcome(self, path: Path, of_labels: bool) -> str:
        try:
            if of_labels:
                read = labels.read(path, self._task).rows
                found = [
                    [value.strip() for value in row.values()] for row in read.values()
                ]
            else:
                read = nifti_table.read_table(path)
                found = [
                    [row.patient_id, row.study_id, row.sequence, Path(row.path).name]
                    for row in read
                ]
        except DataError:
            return "rejected: DataError"
        if any(_holds(told, found) for told in _told(path.read_bytes())):
            return "equal"
        return f"WRONG: {found}"


def _told(content: bytes):
    """The rows, by each encoding and each separator that there may be."""
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        for delimiter in _DELIMITERS:
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            rows = [[_plain(cell) for cell in row] for row in lines]
            yield [row for row in rows if any(row)][1:]


def _plain(cell: str) -> str:
    """An apostrophe in front is Excel's word that a cell is text; ids keep theirs."""
    return cell.strip().removeprefix("'").strip()


def _holds(told: list[list[str]], found: list[list[str]]) -> bool:
    """Whether the rows are the same, whatever further columns there are."""
    return len(told) == len(found) and all(
        all(_plain(cell) in {*theirs, *(Path(t).name for t in theirs)} for cell in ours)
        for ours, theirs in zip(found, told)
    )


def _text_of(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _bytes(source: random.Random, rows: list[list[str]]) -> bytes:
    change = source.choice(
        (mutations.flipped, mutations.truncated, mutations.doubled, mutations.dropped)
    )
    return change(source, _text_of(rows).encode())


def _text(source: random.Random, rows: list[list[str]]) -> bytes:
    text = _text_of(rows)
    for _ in range(source.randint(1, 3)):
        place = source.randrange(len(text) + 1)
        text = text[:place] + source.choice(_PIECES) + text[place:]
    return text.encode()


def _cells(source: random.Random, rows: list[list[str]]) -> bytes:
    row, other = source.choice(rows), source.choice(rows)
    place = source.randrange(len(row))
    row[place] = source.choice(
        (
            other[place],
            "",
            " ",
            "nan",
            "-1",
            "1e999",
            "maybe",
            "9" * 400,
            row[place] * 2,
        )
    )
    return _text_of(rows).encode()


def _rows(source: random.Random, rows: list[list[str]]) -> bytes:
    place = source.randrange(len(rows))
    if source.random() < 0.5:
        rows.insert(source.randrange(len(rows) + 1), [*rows[place]])
    else:
        del rows[place]
    return _text_of(rows).encode()


def _columns(source: random.Random, rows: list[list[str]]) -> bytes:
    place, drop = source.randrange(len(rows[0])), source.random() < 0.5
    for row in rows:
        if drop:
            del row[place]
        else:
            row.insert(place, row[place])
    return _text_of(rows).encode()
