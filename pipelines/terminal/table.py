"""Rows of cells as a table for the terminal."""

from collections.abc import Collection, Iterable, Sequence

_BETWEEN = "  "
_NARROWEST = 12  # a column that would be cut below this is left out instead


def align(
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None = None,
) -> str:
    """Columns of equal width, two spaces apart, a line for each row.

    The first column that does not fit is cut, or left out if little of it would be
    seen; those to its right are left out.

    Args:
        rows: the headings and those below them, all of one length; the least important
            column last.
        right: places of the columns that stand flush right.
        width: of the longest line there may be; none = as wide as need be.
    """
    rows = list(rows)
    widths = _widths(rows, width)
    lines = []
    for row in rows:
        cells = [
            _cell(cell, room, right=place in right)
            for place, (cell, room) in enumerate(zip(row, widths))
        ]
        lines.append(_BETWEEN.join(cells).rstrip())
    return "\n".join(lines)


def columns_shown(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many columns `align` shows at this width."""
    return len(_widths(rows, width))


def _cell(text: str, room: int, *, right: bool) -> str:
    if len(text) > room:
        text = text[: room - 1] + "…"
    return text.rjust(room) if right else text.ljust(room)


def _widths(rows: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """Of as many columns as fit, the last of them cut if need be."""
    wanted = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width is None:
        return wanted
    fitted, left = [], width
    for column in wanted:
        if column > left:
            if left >= _NARROWEST:
                fitted.append(left)
            break
        fitted.append(column)
        left -= column + len(_BETWEEN)
    return fitted
