"""What is wrong with the fields of a dataclass: where, in which line, what would do."""

import dataclasses
import difflib
import re
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from cattrs.errors import (
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)

from pipelines.storage.toml_lines import Place, line_of

_NAMES = re.compile(r"[a-z]\w*(?:\.[a-z]\w*)*")  # of keys, perhaps in a table


@dataclasses.dataclass(frozen=True, kw_only=True)
class Origin:
    """Where fields come from, to say so in errors.

    Args:
        name: of what was read.
        lines: of its keys and tables, where it was a TOML file.
        examples: values of keys as TOML, by `Class.field`.
    """

    name: str
    lines: Mapping[Place, int] = dataclasses.field(default_factory=dict)
    examples: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Fault:
    """Of one key, or of one table.

    Args:
        place: of the table or key.
        key: that the table should not have; "" = the fault is of the place itself.
    """

    place: Place
    problem: str
    key: str = ""


def told(error: Exception, kind: type, fields: Any, origin: Origin) -> str:
    """All faults in words; those of a TOML file each on a line, in its order.

    Args:
        error: of cattrs, from making a `kind` of `fields`.
    """
    faults = sorted(_faults(error, ()), key=lambda fault: _line(fault, origin) or 0)
    between = "\n  " if origin.lines else "; "
    return between.join(_told(fault, kind, fields, origin) for fault in faults)


def _line(fault: _Fault, origin: Origin) -> int | None:
    if fault.key:
        return line_of((*fault.place, fault.key), origin.lines)
    said, _, _ = fault.problem.partition("Received")
    for name in _NAMES.findall(said):  # of keys that contradict each other the first
        place = (*fault.place, *name.split("."))
        for exact in (place, (*place, 0)):
            if exact in origin.lines:
                return origin.lines[exact]
    return line_of(fault.place, origin.lines)


def _told(fault: _Fault, kind: type, fields: Any, origin: Origin) -> str:
    line = _line(fault, origin)
    where = "" if line is None else f"line {line}: "
    example = "" if fault.key else _example(fault.place, kind, origin.examples)
    path = origin.name + _path(fault.place, fields)
    return f"{where}{path}: {fault.problem}{example}"


def _faults(error: BaseException, place: Place) -> Iterator[_Fault]:
    if isinstance(error, ForbiddenExtraKeysError):
        known = [field.name for field in dataclasses.fields(error.cl)]
        for key in sorted(error.extra_fields):
            yield _Fault(place=place, problem=_unknown(key, known), key=key)
    elif isinstance(error, ClassValidationError | IterableValidationError):
        noted, others = error.group_exceptions()
        for inner, note in noted:
            key = note.name if isinstance(error, ClassValidationError) else note.index
            yield from _faults(inner, (*place, key))
        for inner in others:
            yield from _faults(inner, place)
    elif isinstance(error, KeyError):
        yield _Fault(place=place, problem="this key is missing")
    else:
        yield _Fault(place=place, problem=str(error))


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    meant = f" (did you mean {near[0]!r}?)" if near else ""
    return f"unknown key {key!r}{meant}; the keys here are {', '.join(known)}"


def _path(place: Place, fields: Any) -> str:
    """E.g. `.sequences["DWI"].match`: a table of a list by its name, if it has one."""
    path = ""
    for key in place:
        fields = _inner(fields, key)
        name = fields.get("name") if isinstance(fields, dict) else None
        if isinstance(key, str):
            path += f".{key}"
        else:
            path += f'["{name}"]' if name and isinstance(name, str) else f"[{key}]"
    return path


def _inner(fields: Any, key: str | int) -> Any:
    try:
        return fields[key]
    except (KeyError, IndexError, TypeError):
        return None


def _example(place: Place, kind: Any, examples: Mapping[str, str]) -> str:
    """`. E.g. key = value` of the key that the place is, or is a part of."""
    example = ""
    for key in place:
        if dataclasses.is_dataclass(kind):
            value = examples.get(f"{kind.__name__}.{key}")
            example = f". E.g. {key} = {value}" if value else ""
            kind = get_type_hints(kind).get(str(key))
        else:
            kind = _of_items(kind)
        kind = _not_none(kind)
    return example


def _not_none(kind: Any) -> Any:
    kinds = [inner for inner in get_args(kind) if inner is not NoneType]
    return kinds[0] if NoneType in get_args(kind) and len(kinds) == 1 else kind


def _of_items(kind: Any) -> Any:
    """What a `tuple[kind, ...]` or `dict[str, kind]` holds."""
    kinds = get_args(kind)
    if get_origin(kind) is dict:
        return kinds[1]
    return kinds[0] if kinds else None
