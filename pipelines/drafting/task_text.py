"""The text of a drafted task file: each table with the reasons above it."""

import dataclasses
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.storage.config_files import plain, toml_line
from pipelines.tasks.sequence import Sequence as TaskSequence

_WIDTH = 88


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the file.

    Args:
        comments: above it, a line or more each.
        text: TOML.
        active: false makes comments of it, to be taken up by whoever wants it.
    """

    text: str
    comments: tuple[str, ...] = ()
    active: bool = True


def text_of(sections: Iterable[Section]) -> str:
    """All of it, an empty line between sections."""
    return "\n".join(f"{_section(section)}\n" for section in sections)


def table(heading: str, value: Any) -> str:
    """A TOML table of what a dataclass says otherwise than by default."""
    return "\n".join([f"[{heading}]", *lines(value)])


def sequence_text(sequence: TaskSequence) -> str:
    """A `[[sequences]]` table with its rules."""
    rest = dataclasses.replace(sequence, match=None, or_match=(), directions=None)
    parts = ["[[sequences]]", *lines(rest)]
    if sequence.directions:
        parts.append(toml_line("directions", sequence.directions))
    if sequence.match is not None:
        parts += ["", "[sequences.match]", *lines(sequence.match)]
    for rule in sequence.or_match:
        parts += ["", "[[sequences.or_match]]", *lines(rule)]
    return "\n".join(parts)


def lines(value: Any) -> list[str]:
    """`key = value` for each field that is not as by default."""
    said = plain(value)
    return [
        toml_line(field.name, said[field.name])
        for field in dataclasses.fields(value)
        if field.name in said and not _is_default(field, value)
    ]


def _is_default(field: dataclasses.Field, value: Any) -> bool:
    default = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    return getattr(value, field.name) == default


def _section(section: Section) -> str:
    text = section.text
    if not section.active:
        text = "\n".join(f"# {line}".rstrip() for line in text.splitlines())
    return "\n".join([*_commented(section.comments), *filter(None, [text])])


def _commented(comments: Sequence[str]) -> Iterator[str]:
    for comment in comments:
        for line in comment.splitlines() or [""]:
            yield from _folded(line) or ["#"]


def _folded(line: str) -> list[str]:
    """One comment, on lines of the usual width; columns of a table stay."""
    if line.startswith("  "):
        return [f"# {line}".rstrip()]
    return textwrap.wrap(
        line,
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_on_hyphens=False,
    )
