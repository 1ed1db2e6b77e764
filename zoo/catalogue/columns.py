"""Rows of cells as lines for the terminal."""

from collections.abc import Sequence

_BETWEEN = "  "
_NARROWEST = 12  # a column that would be cut below this is left out instead


def align(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Sequence[str],
    width: int,
) -> tuple[list[str], list[str]]:
    """Columns of equal width under their headings, no line longer than `width`.

    The first column that does not fit is cut, or left out if little of it would be
    seen; those to its right are left out.

    Args:
        headings: of the columns, the least important to the right.
        numbers: headings of the columns that stand flush right.

    Returns:
        The lines, and the headings of the columns that were left out.
    """
    rows = [headings, *rows]
    widths = _fit([max(map(len, column)) for column in zip(*rows)], width)
    lines = []
    for row in rows:
        cells = [
            _cell(cell, room, right=heading in numbers)
            for heading, cell, room in zip(headings, row, widths)
        ]
        lines.append(_BETWEEN.join(cells).rstrip())
    return lines, list(headings[len(widths) :])


def size(shape: Sequence[int]) -> str:
    """`(224, 224, 3)` as `224x224x3`."""
    return "x".join(map(str, shape))


def _cell(text: str, room: int, *, right: bool) -> str:
    if len(text) > room:
        text = text[: room - 1] + "…"
    return text.rjust(room) if right else text.ljust(room)


def _fit(widths: Sequence[int], width: int) -> list[int]:
    """As many columns as fit, the last of them cut if need be."""
    fitted, left = [], width
    for wanted in widths:
        if wanted > left:
            if left >= _NARROWEST:
                fitted.append(left)
            break
        fitted.append(wanted)
        left -= wanted + len(_BETWEEN)
    return fitted
