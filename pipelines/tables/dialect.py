"""CSV as spreadsheet programs write it, whatever their language and version.

Excel writes what its country's list separator is: commas, or semicolons with decimal
commas; "Unicode text" is UTF-16 with tabs, plain CSV is in the machine's code page (see
`pipelines.tables.code_pages`), and a first line `sep=;` tells Excel itself what the
separator is.
"""

import codecs
import contextlib
import csv
import io
import itertools
import re
from collections.abc import Iterator

from pipelines.tables import code_pages

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_SEPARATORS = ("\t", ";", ",")  # of two that fit, the one that text has less often
_LOOKED_AT = 20  # rows that tell the separator


def decoded(content: bytes, code_page: str = "") -> tuple[str, str]:
    """The text of a file, and the code page it was in.

    Args:
        code_page: that somebody named; "" = to be told from the file.

    Returns:
        The code page is "" where nothing had to be guessed: of UTF-8, of UTF-16 by a
        mark, and where it was named.

    Raises:
        ValueError: it is bytes, UTF-8 of which some is damaged, in a code page that
            can't be told, or not in the one that was named.
    """
    if code_page:
        return code_pages.decoded_as(content, code_page), ""
    if content.startswith(_MARKS):
        return content.decode("utf-16"), ""
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        if b"\0" in content or _is_damaged(content):
            raise
    return code_pages.decoded(content)


def _is_damaged(content: bytes) -> bool:
    """Whether bytes that are no UTF-8 were meant to be: most of their letters are."""
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    return sum(not letter.isascii() for letter in text) > 2 * wrong


def rows(text: str, *, with_points: bool) -> Iterator[tuple[int, list[str]]]:
    """One after the other: the line in which each row ends, and its cells.

    The separator is what a line `sep=` says, else the one of comma, semicolon and tab
    that gives the most of the first rows as many cells as the header.

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
    if said:
        next(reader)
    commas = separator == ";" and with_points
    for cells in reader:
        yield reader.line_num, list(map(_with_point, cells)) if commas else cells


def _separator(text: str) -> str:
    return max(_SEPARATORS, key=lambda separator: _evenness(text, separator))


def _evenness(text: str, separator: str) -> tuple[float, int]:
    """The share of rows that are as long as the header, and its length; 0 of one cell.

    Rows of blank cells are of no account.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    filled = (len(cells) for cells in reader if any(map(str.strip, cells)))
    lengths: list[int] = []
    with contextlib.suppress(csv.Error):  # what was read before it counts
        lengths.extend(itertools.islice(filled, _LOOKED_AT))
    if not lengths or lengths[0] == 1:
        return 0.0, 0
    return lengths.count(lengths[0]) / len(lengths), lengths[0]


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell
