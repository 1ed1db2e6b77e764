"""In what order the classes of a column stand: grades, stages, yes after no."""

import math
import re
from collections.abc import Callable, Iterable

from pipelines.drafting.column_kinds import number_in

_ROMAN = re.compile(r"(X{0,2}(?:IX|IV|V?I{0,3}))([a-d]?)", re.IGNORECASE)
_GRADE = re.compile(r"(.*?)(\d+(?:\.\d+)?)([a-d+]?)", re.IGNORECASE)
_STAGE = re.compile(r"(\D*[\s._-])([IVX]+[a-d]?)", re.IGNORECASE)
_DIGITS = {"I": 1, "V": 5, "X": 10}
_SCALES = (
    ("absent", "none", "normal", "no"),
    ("minimal", "slight", "very mild"),
    ("mild", "low", "small"),
    ("moderate", "medium", "intermediate", "borderline"),
    ("severe", "high", "marked", "large"),
    ("very severe", "very high", "extreme"),
)
_SCALES_ZH = (
    ("无", "正常"),
    ("轻", "轻度", "低"),
    ("中", "中度"),
    ("重", "重度", "高"),
)
_NEGATIVE = ("0", "no", "n", "false", "f", "negative", "neg", "-", "benign", "normal")
_NEGATIVE += ("healthy", "control", "absent", "none", "without", "low", "nein", "non")
_NEGATIVE += ("negativ", "gutartig", "阴性", "良性", "否", "无", "正常", "低")


def graded(names: Iterable[str]) -> tuple[str, ...] | None:
    """Names from the lowest to the highest grade; none where they are no grades.

    >>> graded(["IV", "II", "I"])
    ('I', 'II', 'IV')
    >>> graded(["F10", "F2", "F1"])
    ('F1', 'F2', 'F10')
    >>> graded(["NOR", "DCM"])
    """
    names = sorted({*names})
    for rank in (_number, _roman, _stage, _word(_SCALES), _word(_SCALES_ZH), _grade):
        ranks = {name: rank(name) for name in names}
        known = [one for one in ranks.values() if one is not None]
        prefixes = {one[0] for one in known}
        different = len({*known}) == len(names)
        if len(known) == len(names) and len(prefixes) == 1 and different:
            return tuple(sorted(names, key=lambda name: ranks[name]))
    return None


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Names by their grade, else what says that there is nothing first, else by name.

    >>> in_order(["yes", "no"])
    ('no', 'yes')
    """
    names = sorted({*names})
    return graded(names) or tuple(
        sorted(names, key=lambda name: (name.casefold() not in _NEGATIVE, name))
    )


_Rank = tuple[str, float, str]  # what stands before the grade, it, and what behind


def _number(name: str) -> _Rank | None:
    number = number_in(name)
    return ("", number, "") if math.isfinite(number) else None


def _roman(name: str) -> _Rank | None:
    parts = _ROMAN.fullmatch(name)
    if not parts or not parts[1]:
        return None
    values = [_DIGITS[letter] for letter in parts[1].upper()]
    total = sum(
        -value if any(after > value for after in values[place + 1 :]) else value
        for place, value in enumerate(values)
    )
    return ("", total, parts[2].lower())


def _stage(name: str) -> _Rank | None:
    """`Stage II`."""
    parts = _STAGE.fullmatch(name)
    rank = _roman(parts[2]) if parts else None
    return rank and (parts[1].casefold(), *rank[1:])


def _grade(name: str) -> _Rank | None:
    """`F2`, `Grade 3`, `T1a`."""
    parts = _GRADE.fullmatch(name)
    return parts and (parts[1].casefold(), float(parts[2]), parts[3].lower())


def _word(scales: tuple[tuple[str, ...], ...]) -> Callable[[str], _Rank | None]:
    places = {word: place for place, words in enumerate(scales) for word in words}

    def rank(name: str) -> _Rank | None:
        place = places.get(name.casefold())
        return None if place is None else ("", place, "")

    return rank
