"""CSV as spreadsheet programs write it, whatever their language and version.

Excel writes what its country's list separator is: commas, or semicolons with decimal
commas; "Unicode text" is UTF-16 with tabs, plain CSV is in the machine's code page, and
a first line `sep=;` tells Excel itself what the separator is.
"""

import codecs
import csv
import io
import re

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_SEPARATORS = (",", ";", "\t")


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252.

    Raises:
        UnicodeDecodeError: it is none of them, or UTF-8 of which some is damaged.
    """
    if content.startswith(_MARKS):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in content or _is_damaged(content):
            raise
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            raise error from None


def _is_damaged(content: bytes) -> bool:
    """Whether bytes that are no UTF-8 were meant to be: most of their letters are."""
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    return sum(not letter.isascii() for letter in text) > 2 * wrong


def rows(text: str, *, with_points: bool) -> list[tuple[int, list[str]]]:
    """The line in which each row ends, and its cells.

    The separator is what a line `sep=` says, else the one of comma, semicolon and tab
    that the first line of words holds most of, outside of quotes.

    Args:
        with_points: between semicolons, read `1,5` as `1.5`.

    Raises:
        csv.Error: quotes that do not match, or zero bytes, which no text has.
    """
    if "\0" in text:
        raise csv.Error("it has zero bytes")
    said = _SEPARATOR_LINE.match(text)
    separator = said[1] if said else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found = [(reader.line_num, cells) for cells in reader]
    if said:
        del found[0]
    if separator != ";" or not with_points:
        return found
    return [(line, [_with_point(cell) for cell in cells]) for line, cells in found]


def _separator(text: str) -> str:
    for line in io.StringIO(text):
        outside = re.sub(r'"[^"]*"', "", line)
        if outside.strip(" ,;\t\r\n"):
            return max(_SEPARATORS, key=outside.count)
    return ","


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell
