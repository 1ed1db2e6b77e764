"""What a column of a spreadsheet holds: classes, numbers, dates, free text, nothing."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.tables import table_file

Kind = Literal[
    "class", "number", "count", "date", "text", "empty", "id", "running number"
]

NOT_KNOWN = ("na", "n/a", "n.a.", "nan", "null", "none known", "#n/a", "?", "unknown")
NOT_KNOWN += ("unbekannt", "inconnu", "desconocido", "未知", "不详")
_DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}(?:[T ][\d:.]+)?"
    r"|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})(?: [\d:.]+)?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{4}年\d{1,2}月\d{1,2}日"
)
_COMMA = re.compile(r"[-+]?\d+,\d+")
_AGE = re.compile(r"(\d{1,3}) ?([yY]|years?|yrs?|岁)", re.IGNORECASE)
_CALLED_CLASS = re.compile(
    r"label|class|target|diagnos|outcome|grade|stage|group|categor|entity|subtype"
    r"|诊断|分级|分期|类别|标签",
    re.IGNORECASE,
)
_MOST_CLASSES = 12
_MOST_NUMBERED = 8  # classes that are whole numbers: grades, not counts
_HIGHEST_GRADE = 20
_LONGEST = 80  # letters of a class
_MAJORITY = 0.8  # of the cells decides; the others are a fault that is named
_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Args:
        name: its title, as written.
        kind: `class` is a name of few; `count` is whole numbers from 0; `text` is too
            various to be a class; `id` says whose row it is; `running number` counts
            the rows.
        values: of a class, each with how many rows have it, the most common first.
        low, high: of numbers and counts; else none.
        missing: rows that don't know it.
        fault: why ingest would not read some of its cells, and the cure; "" = none.
    """

    name: str
    kind: Kind
    values: tuple[tuple[str, int], ...] = ()
    low: float | None = None
    high: float | None = None
    missing: int = 0
    fault: str = ""


def column(name: str, cells: Sequence[str]) -> Column:
    """What a column is, by its cells.

    Four fifths of its cells make it numbers or dates; what the others hold is its
    fault, for ingest takes a cell that is neither empty nor a number for a mistake.
    """
    there = [cell for cell in cells if is_known(cell)]
    missing = len(cells) - len(there)
    if not there:
        return Column(name=name, kind="empty", missing=missing, fault=_words(cells))
    if _share(there, _is_date) >= _MAJORITY:
        return Column(name=name, kind="date", missing=missing)
    numbers = [number_in(cell) for cell in there]
    if sum(map(math.isfinite, numbers)) >= _MAJORITY * len(there):
        return _numeric(name, cells, there, missing)
    if _are_classes(name, there):
        return Column(
            name=name,
            kind="class",
            values=_counted(there),
            missing=missing,
            fault=" ".join(filter(None, (_words(cells), _spelt_alike(there)))),
        )
    return Column(name=name, kind="text", missing=missing)


def is_known(cell: str) -> bool:
    """Whether a cell says something; `n/a` and its like say that nothing is known."""
    return bool(cell) and cell.casefold() not in NOT_KNOWN


def number_in(cell: str) -> float:
    """The number that a person sees in a cell: `1,5` and `063Y` too; NaN = none.

    >>> number_in("063Y"), number_in("1,5"), number_in("F2")
    (63.0, 1.5, nan)
    """
    aged = _AGE.fullmatch(cell)
    text = aged[1] if aged else cell
    if _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        number = table_file.number(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def is_number(cell: str) -> bool:
    """Whether ingest reads a cell as a number."""
    try:
        return math.isfinite(table_file.number(cell))
    except ValueError:
        return False


def _numeric(
    name: str, cells: Sequence[str], there: Sequence[str], missing: int
) -> Column:
    numbers = [n for n in map(number_in, there) if math.isfinite(n)]
    whole = all(number.is_integer() for number in numbers)
    fault = " ".join(filter(None, (_words(cells), _unreadable(there))))
    if whole and _are_grades(there, numbers):
        return Column(
            name=name,
            kind="class",
            values=_counted(there),
            missing=missing,
            fault=_words(cells),
        )
    return Column(
        name=name,
        kind="count" if whole and min(numbers) >= 0 else "number",
        low=min(numbers),
        high=max(numbers),
        missing=missing,
        fault=fault,
    )


def _are_grades(there: Sequence[str], numbers: Sequence[float]) -> bool:
    """Few whole numbers, none of them high, and rows enough to see them again."""
    different = len({*there})
    return (
        len(numbers) == len(there)
        and not any(_AGE.fullmatch(cell) for cell in there)
        and min(numbers) >= 0
        and max(numbers) <= _HIGHEST_GRADE
        and 2 <= different <= min(_MOST_NUMBERED, max(2, len(there) // 2))
    )


def _are_classes(name: str, there: Sequence[str]) -> bool:
    different = len({*there})
    most = max(2, len(there) // 2)
    if _CALLED_CLASS.search(name):
        most = _MOST_CLASSES
    return different <= min(_MOST_CLASSES, most) and max(map(len, there)) <= _LONGEST


def _is_date(cell: str) -> bool:
    return bool(_DATE.fullmatch(cell))


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / len(cells)


def _counted(cells: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Most common first, of equally common ones by name."""
    return tuple(sorted(Counter(cells).items(), key=lambda one: (-one[1], one[0])))


def _words(cells: Sequence[str]) -> str:
    """What cells say in place of being empty."""
    words = [cell for cell in cells if cell and not is_known(cell)]
    if not words:
        return ""
    return (
        f"{_times(len(words))} {_named(words)}, which ingest takes for a value: leave "
        "such cells empty."
    )


def _unreadable(there: Sequence[str]) -> str:
    """Cells in which a person sees a number, or none, but ingest sees none."""
    wrong = [cell for cell in there if not is_number(cell)]
    if not wrong:
        return ""
    numbers = [cell for cell in wrong if math.isfinite(number_in(cell))]
    cure = "write numbers with a decimal point, or leave them empty."
    if numbers:
        cure = f"write {numbers[0]} as {number_in(numbers[0]):g}, and so the others."
    return f"{_times(len(wrong))} {_named(wrong)}, which is no number to ingest: {cure}"


def _spelt_alike(there: Sequence[str]) -> str:
    """Classes that differ in case or blanks only."""
    by_plain: dict[str, set[str]] = {}
    for cell in there:
        by_plain.setdefault(re.sub(r"\s+", "", cell).casefold(), set()).add(cell)
    alike = [sorted(cells) for cells in by_plain.values() if len(cells) > 1]
    if not alike:
        return ""
    pairs = "; ".join(" and ".join(map(repr, cells)) for cells in alike[:_SHOWN])
    return f"{pairs} count as different classes: write them alike."


def _times(number: int) -> str:
    return "1 cell holds" if number == 1 else f"{number} cells hold"


def _named(cells: Sequence[str]) -> str:
    different = list(dict.fromkeys(cells))
    more = ", ..." if len(different) > _SHOWN else ""
    return ", ".join(map(repr, different[:_SHOWN])) + more
