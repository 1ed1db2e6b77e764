"""Folds that are dealt several times: what a sweep calls them, and which are one deal.

Fold f of repeat r is `<r>-<f>`, repeat by repeat; folds that are dealt once have the
names of the data set.
"""

from collections.abc import Sequence
from typing import TypeVar

_Of = TypeVar("_Of")


def names(folds: Sequence[str], repeats: int) -> tuple[str, ...]:
    """Of all folds of all repeats, in the order in which a trial trains them.

    >>> names(["0", "1"], 2)
    ('0-0', '0-1', '1-0', '1-1')
    >>> names(["0", "1"], 1)
    ('0', '1')
    """
    if repeats == 1:
        return tuple(folds)
    return tuple(
        f"{repeat}-{fold}" for repeat in range(repeats) for fold in map(str, folds)
    )


def parted(name: str, repeats: int) -> tuple[int, str]:
    """The repeat of a fold, and what its data set calls the fold.

    >>> parted("1-0", 2)
    (1, '0')
    >>> parted("0", 1)
    (0, '0')
    """
    if repeats == 1:
        return 0, name
    repeat, _, fold = name.partition("-")
    return int(repeat), fold


def grouped(of_folds: Sequence[_Of], folds: int) -> list[Sequence[_Of]]:
    """What there is of the folds so far, repeat by repeat; the last may have fewer.

    Args:
        folds: of a repeat.

    >>> grouped("abcde", 2)
    ['ab', 'cd', 'e']
    """
    starts = range(0, len(of_folds), folds)
    return [of_folds[start : start + folds] for start in starts]
