"""On which line of a TOML file a key stands, which the standard parser does not say."""

import tomllib
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]  # keys, and places in lists, from the top of the file


def lines_of(text: str) -> dict[Place, int]:
    """The line, from 1, of every key and of every table's heading.

    Keys inside a `{ }` or `[ ]` on the right of a `=` are not told from it.

    Args:
        text: which is TOML.
    """
    lines: dict[Place, int] = {}
    numbers: dict[Place, int] = {}  # how many tables a list of tables has so far
    table: Place = ()
    for line, statement in _statements(text):
        keys = _keys(tomllib.loads(statement))
        if statement.lstrip().startswith("["):
            table = _heading(keys, numbers, several=statement.lstrip()[1:2] == "[")
            lines.setdefault(table, line)
        elif keys:
            for length in range(1, len(keys) + 1):
                lines.setdefault((*table, *keys[:length]), line)
    return lines


def repeated(text: str) -> str | None:
    """Which key or table is given twice, and where; none = none is.

    Args:
        text: which is no TOML, perhaps for this.
    """
    seen: dict[Place, int] = {}
    numbers: dict[Place, int] = {}
    table: Place = ()
    for line, statement in _statements(text):
        keys = _keys(tomllib.loads(statement))
        if not keys:  # a blank line, or a comment
            continue
        heading = statement.lstrip().startswith("[")
        if heading:
            table = _heading(keys, numbers, several=statement.lstrip()[1:2] == "[")
        place = table if heading else (*table, *keys)
        if place in seen:
            name = ".".join(keys)
            what = f"the table [{name}]" if heading else f"the key {name}"
            return f"{what} is given twice, in the lines {seen[place]} and {line}"
        seen[place] = line
    return None


def line_of(place: Place, lines: dict[Place, int]) -> int | None:
    """The line of a key, or of the closest table around it; none = the whole file."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Every heading or key with its value, and the line where it begins.

    What a value of several lines is made of is no TOML until its last line.
    """
    held: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        held.append(line)
        statement = "".join(held)
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        yield number - len(held) + 1, statement
        held = []


def _keys(value: dict[str, Any]) -> Place:
    """The keys of a statement: `a.b = 1` is a table in a table."""
    keys: list[str] = []
    inner: Any = value
    while isinstance(inner, dict) and len(inner) == 1:
        ((key, inner),) = inner.items()
        keys.append(key)
    return tuple(keys)


def _heading(keys: Place, numbers: dict[Place, int], *, several: bool) -> Place:
    """Where `[keys]` or `[[keys]]` leads: into the last table of every list."""
    place: Place = ()
    for position, key in enumerate(keys):
        place = (*place, key)
        if several and position == len(keys) - 1:
            numbers[place] = numbers.get(place, 0) + 1
        if place in numbers:
            place = (*place, numbers[place] - 1)
    return place
