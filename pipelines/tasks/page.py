"""Every key of a task file with its values: docs/task-file.md, and --help-task.

`python -m pipelines.tasks.page` prints the page; a test holds the file to it.
"""

import inspect
import re
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pipelines.tasks.examples import EXAMPLES
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target
from pipelines.tasks.target_kinds import LABEL_KINDS
from pipelines.tasks.task import Grid, Inclusion, Split, Task

# The headings of a task file, in its order, and what each is read as.
TABLES: dict[str, type] = {
    "": Task,
    "[[sequences]]": Sequence,
    "[sequences.match], [[sequences.or_match]]": Match,
    "[target], [[further_targets]]": Target,
    "[grid]": Grid,
    "[steps]": Steps,
    "[inclusion]": Inclusion,
    "[split]": Split,
}
_INTRODUCTION = """\
A task file is TOML: keys at the top of the file, then tables. A key without a default
must be there. `python -m pipelines.ingest --check` says what a task makes of your
studies, and a fault in the file is told with its line."""
_WORDS = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
_PLURALS = {str: "texts", int: "whole numbers", float: "numbers"}
_OF_NUMBERS = {2: "two", 3: "three"}
_COMPUTED = {"Split.validation": "`0.15`, or `0` where `train = 1`"}
_OF_RUNS = {"Target.record_classes"}  # which no file states
_COMPUTED["Split.test"] = _COMPUTED["Split.validation"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a table.

    Args:
        values: what it may be, in words.
        default: as TOML, or in words; "" = the key must be there.
        example: as TOML.
        meaning: from the docstring of its table.
    """

    name: str
    values: str
    default: str
    example: str
    meaning: str


def keys(table: type) -> tuple[Key, ...]:
    """The keys that a table of the file may have, but for the tables in it."""
    kinds, meanings = get_type_hints(table), _meanings(table)
    return tuple(
        Key(
            name=field.name,
            values=_values(table, field.name, kinds[field.name]),
            default=_default(table, field),
            example=EXAMPLES[f"{table.__name__}.{field.name}"],
            meaning=meanings[field.name],
        )
        for field in fields(table)
        if not _is_table(kinds[field.name])
        and f"{table.__name__}.{field.name}" not in _OF_RUNS
    )


def markdown() -> str:
    """The page docs/task-file.md."""
    blocks = ["# The task file", _INTRODUCTION]
    for heading, table in TABLES.items():
        title = f"`{heading}`" if heading else "The top of the file"
        blocks += [f"## {title}", _summary(table)]
        blocks.append(
            "\n".join(
                [
                    "| key | values | default | example | what it says |",
                    "|---|---|---|---|---|",
                    *(_row(key) for key in keys(table)),
                ]
            )
        )
    return "\n\n".join(blocks) + "\n"


def text() -> str:
    """The same for the terminal."""
    blocks = [_INTRODUCTION]
    for heading, table in TABLES.items():
        lines = [heading or "The top of the file", _summary(table)]
        for key in keys(table):
            default = f"default {key.default}" if key.default else "must be there"
            lines += [
                f"  {key.name} = {key.example}",
                f"      {key.meaning}",
                f"      {key.values}; {default}",
            ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks).replace("`", "") + "\n"


def _row(key: Key) -> str:
    default = key.default or "none: it must be there"
    cells = (
        f"`{key.name}`",
        key.values,
        default,
        f"`{key.name} = {key.example}`",
        key.meaning,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _summary(table: type) -> str:
    """What stands above the arguments in a docstring, on one line a paragraph."""
    above = (inspect.getdoc(table) or "").partition("\nArgs:")[0].strip()
    return "\n\n".join(" ".join(part.split()) for part in above.split("\n\n"))


def _meanings(table: type) -> dict[str, str]:
    """What the docstring says of each field; `a, b: ...` says it of both."""
    arguments = (inspect.getdoc(table) or "").partition("\nArgs:")[2]
    arguments = re.split(r"\n\S", arguments)[0]
    meanings = {}
    for entry in re.split(r"\n {4}(?=\S)", arguments):
        names, _, meaning = entry.partition(": ")
        for name in names.split(","):
            meanings[name.strip()] = " ".join(meaning.split())
    return meanings


def _is_table(kind: Any) -> bool:
    return any(is_dataclass(inner) for inner in (kind, *get_args(kind)))


def _values(table: type, name: str, kind: Any) -> str:
    if (table, name) == (Target, "kind"):
        return _choice(LABEL_KINDS)
    kinds = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        (inner,) = (each for each in kinds if each is not NoneType)
        return _values(table, name, inner)
    if get_origin(kind) is Literal:
        return _choice(kinds)
    if get_origin(kind) is dict:
        return f"by name, {_values(table, name, kinds[1])}"
    if get_origin(kind) is tuple:
        return _list(kinds)
    return _WORDS[kind]


def _list(kinds: tuple[Any, ...]) -> str:
    if kinds[-1] is not Ellipsis:
        return f"list of {_OF_NUMBERS[len(kinds)]} {_PLURALS[kinds[0]]}"
    if get_origin(kinds[0]) is Literal:
        return f"list of {_choice(get_args(kinds[0]))}"
    return f"list of {_PLURALS[kinds[0]]}"


def _choice(words: Any) -> str:
    return ", ".join(f'`"{word}"`' for word in words)


def _default(table: type, field: Field) -> str:
    computed = _COMPUTED.get(f"{table.__name__}.{field.name}")
    if computed:
        return computed
    if field.default_factory is not MISSING:
        return "empty"
    if field.default is MISSING:
        return ""
    if field.default in (None, (), ""):
        return "not stated" if field.default is None else "empty"
    return f"`{_toml(field.default)}`"


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    print(markdown(), end="")
