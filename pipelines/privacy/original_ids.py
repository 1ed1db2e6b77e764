"""Ids as spreadsheet programs keep them, and what an id was before one changed it.

`="0017"` is a formula that gives the text 0017, which a program leaves as it is. What
was written plainly comes back as a number or a date. Guesses of what it was are held
against the keyed hash of the id, so a wrong one is never taken.
"""

import re
from collections.abc import Iterator

_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_FORMULA_CHARACTERS = 250  # Excel's limit of a text in a formula is 255
_UID = re.compile(r"\d+(?:\.\d+){3,}(?:#.*)?", re.DOTALL)
_TRUTHS = re.compile(r"true|false|wahr|falsch|vrai|faux|vero|falso|verdadero", re.I)
_MONTH = re.compile(
    r"(?:jan|feb|f[ée]v|mar|m[äa]r|mrz|maa|apr|abr|avr|ma[yiï]|mag|mei|jun|jui|giu|jul"
    r"|lug|aug|ao[uû]|ago|sep|set|o[kct]t|out|nov|de[czs]|d[ée]c|dic|ene|gen)"
    r"[^\W\d_]*\.?[-/. ]*\d",
    re.IGNORECASE,
)
_JAPANESE_DATE = re.compile(r"[mtshr]\d+[-/.]\d", re.IGNORECASE)
_ROUNDED = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+(\d+)")
_EXACT_DIGITS = 15
_MOST_GUESSES = 10**6  # for one id
_ID_CHARACTERS = 64  # of a DICOM identifier


def guarded(source_id: str) -> str:
    """The id, as a formula where a spreadsheet program would read a number or date."""
    if _is_text(source_id) or len(source_id) > _FORMULA_CHARACTERS:
        return source_id
    doubled = source_id.replace('"', '""')
    return f'="{doubled}"'


def unguarded(cell: str) -> str:
    """The id that `guarded` made a cell of."""
    found = _FORMULA.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell


def guesses(cell: str) -> Iterator[str]:
    """What an id may have been that came back as `cell`, the likely ones first.

    Zeros that were taken away in front or behind the point, digits that were rounded,
    as far as they are few enough to be tried.
    """
    yield cell
    yield unguarded(cell)
    plain = unguarded(cell)
    if rounded := _ROUNDED.fullmatch(plain):
        yield from _numbers(rounded[1] + (rounded[2] or ""), int(rounded[3]) + 1)
        return
    whole, point, _ = plain.partition(".")
    if not (whole.isascii() and whole.isdigit()):
        return
    for length in range(len(plain) + 1, _ID_CHARACTERS + 1):
        yield plain.zfill(length)
    if point:
        for zeros in range(1, 4):
            yield plain + "0" * zeros
    elif len(plain) > _EXACT_DIGITS:
        yield from _numbers(plain[:_EXACT_DIGITS], len(plain))


def _numbers(kept: str, length: int) -> Iterator[str]:
    """Numbers of `length` digits that round to the digits that were kept."""
    unit = 10 ** max(length - len(kept), 0)
    if unit <= _MOST_GUESSES:
        middle = int(kept) * unit
        yield from map(str, range(middle - unit // 2, middle + unit))


def _is_text(source_id: str) -> bool:
    """Whether a spreadsheet program leaves it as it is."""
    if _UID.fullmatch(source_id):
        return True
    return source_id[:1].isalpha() and not (
        _TRUTHS.fullmatch(source_id)
        or _MONTH.match(source_id)
        or _JAPANESE_DATE.match(source_id)
    )
