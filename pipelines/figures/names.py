"""Long names in figures: shortened where room is scarce, whole in the legend."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WIDE = ("W", "F")  # letters of East Asian scripts take two places


@dataclass(frozen=True, kw_only=True)
class ShortNames:
    """Names as they are shown, and what the legend says of those that were cut.

    Args:
        shown: one for each name; a cut one ends in `… [1]`.
        legend: lines like `[1] the whole name`.
    """

    shown: tuple[str, ...]
    legend: tuple[str, ...]


def short_names(names: Sequence[str], places: int) -> ShortNames:
    """Cuts names that are wider than `places`; different ones stay different."""
    cut = [name for name in dict.fromkeys(names) if places_of(name) > places]
    numbers = {name: f"[{number}]" for number, name in enumerate(cut, 1)}
    shown = tuple(
        f"{_start(name, places - 2 - len(numbers[name]))}… {numbers[name]}"
        if name in numbers
        else name
        for name in names
    )
    legend = tuple(f"{number} {name}" for name, number in numbers.items())
    return ShortNames(shown=shown, legend=legend)


def wrapped(text: str, places: int) -> str:
    """The text in lines no wider than `places`; words are cut where they must be."""
    return "\n".join(
        piece for line in text.split("\n") for piece in _lines(line, places)
    )


def places_of(text: str) -> int:
    """Places that a text takes: two a wide letter, none a mark on a letter."""
    return sum(map(_places, text))


def _lines(line: str, places: int) -> list[str]:
    lines = [""]
    for word in line.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if places_of(joined) <= places:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        while places_of(word) > places:
            start = _start(word, places)
            lines[-1:] = [start, ""]
            word = word[len(start) :]
        lines[-1] = word
    return lines


def _start(text: str, places: int) -> str:
    """As much as fits, a letter with all its marks; one letter at least."""
    taken = 0
    for index, letter in enumerate(text):
        taken += _places(letter)
        if taken > places and index and _places(letter):
            return text[:index].rstrip(" ")
    return text


def _places(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
