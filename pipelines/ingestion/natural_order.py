"""The order in which a person reads names: 2 before 10."""

import re


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key: runs of digits count as numbers, letters in any case alike.

    >>> sorted(["P10", "p2", "P1"], key=natural)
    ['P1', 'p2', 'P10']
    """
    pieces = re.split(r"([0-9]+)", text)
    return tuple(
        (0, int(piece), "") if piece[:1] in "0123456789" else (1, 0, piece.casefold())
        for piece in pieces
        if piece
    )
