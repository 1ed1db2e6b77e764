"""Frozen dataclasses to and from TOML and JSON; an unknown key is an error."""

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from itertools import repeat
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import cattrs
import tomli_w
from cattrs.errors import IterableValidationNote
from cattrs.gen import make_dict_structure_fn

from pipelines.errors import DataError
from pipelines.storage.config_faults import Origin, told
from pipelines.storage.toml_lines import lines_of, repeated

Value = TypeVar("Value")

_CONVERTER = cattrs.Converter(forbid_extra_keys=True)
_STRICT = {bool: (bool,), str: (str,), int: (int,), float: (int, float)}


def _check_scalar(value: Any, kind: type) -> Any:
    if not isinstance(value, _STRICT[kind]) or (
        isinstance(value, bool) and kind is not bool
    ):
        number = kind is str and isinstance(value, int | float)
        quoted = f'. In quotes it is one: "{value}"' if number else ""
        raise ValueError(f"expected {kind.__name__}. Received: {value!r}{quoted}")
    try:
        return kind(value)
    except OverflowError as error:
        raise ValueError(
            f"expected a smaller number. Received: one of {value.bit_length()} bits"
        ) from error


def _table_hook(kind: type) -> Callable[[Any, type], Any]:
    structure = make_dict_structure_fn(
        kind,
        _CONVERTER,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=True,
    )

    def table(value: Any, _: type) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"expected a table of keys. Received: {value!r}")
        return structure(value, kind)

    return table


def _tuple_hook(kind: type) -> Callable[[Any, type], tuple]:
    """A list of a stated length or kind; a lone string is not its characters."""
    kinds = get_args(kind)
    length = None if kinds[-1] is Ellipsis else len(kinds)

    def items(value: Any, _: type) -> tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"expected a list in [ ]. Received: {value!r}")
        if length is not None and len(value) != length:
            raise ValueError(f"expected {length} values. Received: {list(value)}")
        built, faults = [], []
        each = repeat(kinds[0]) if length is None else kinds
        for index, (item, item_kind) in enumerate(zip(value, each, strict=False)):
            try:
                built.append(_CONVERTER.structure(item, item_kind))
            except Exception as fault:
                note = f"item {index}"
                fault.add_note(IterableValidationNote(note, index, item_kind))
                faults.append(fault)
        if faults:
            raise cattrs.IterableValidationError("items do not fit", faults, kind)
        return tuple(built)

    return items


def _literal_hook(kind: type) -> Callable[[Any, type], Any]:
    def choice(value: Any, _: type) -> Any:
        if value not in get_args(kind):
            known = ", ".join(repr(option) for option in get_args(kind))
            raise ValueError(f"expected one of {known}. Received: {value!r}")
        return value

    return choice


def _number_or_word_hook(kind: type) -> Callable[[Any, type], Any]:
    """`float | Literal["auto"]`: a number, or one of the words."""
    number, words = get_args(kind)

    def either(value: Any, _: type) -> Any:
        if value in get_args(words):
            return value
        try:
            return _check_scalar(value, number)
        except ValueError as error:
            known = " or ".join(repr(word) for word in get_args(words))
            raise ValueError(
                f"expected {known}, or {str(error).removeprefix('expected ')}"
            ) from error

    return either


def _is_number_or_word(kind: Any) -> bool:
    kinds = get_args(kind)
    return (
        get_origin(kind) in (Union, UnionType)
        and len(kinds) == 2
        and kinds[0] in (int, float)
        and _is_literal(kinds[1])
    )


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_literal(kind: Any) -> bool:
    return get_origin(kind) is Literal


for _kind in _STRICT:
    _CONVERTER.register_structure_hook(_kind, _check_scalar)
_CONVERTER.register_structure_hook_factory(_is_tuple, _tuple_hook)
_CONVERTER.register_structure_hook_factory(_is_literal, _literal_hook)
_CONVERTER.register_structure_hook_factory(_is_number_or_word, _number_or_word_hook)
_CONVERTER.register_structure_hook_factory(dataclasses.is_dataclass, _table_hook)


def build(kind: type[Value], fields: dict[str, Any], *, name: str) -> Value:
    """Builds a `kind` from plain `fields`; `name` says in errors what was read.

    Raises:
        DataError: a key that `kind` has not (the error lists those it has), a missing
            one, or a value that does not fit, each with the path of the key.
    """
    return _build(kind, fields, Origin(name=name))


def _build(kind: type[Value], fields: dict[str, Any], origin: Origin) -> Value:
    try:
        return _CONVERTER.structure(fields, kind)
    except Exception as error:
        raise DataError(told(error, kind, fields, origin)) from error


def plain(value: Any) -> dict[str, Any]:
    """The dataclass as dicts, lists and scalars, without the fields that are None."""
    return _without_none(_CONVERTER.unstructure(value))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value]
    return value


def load_toml(
    kind: type[Value], path: str | Path, *, examples: Mapping[str, str] | None = None
) -> Value:
    """Reads a `kind` from a TOML file.

    Args:
        examples: values of keys as TOML, by `Class.field`, for errors.

    Raises:
        DataError: the file is absent, unreadable, not TOML or not a `kind`; with the
            line, and what would do.
    """
    text = _text(Path(path))
    fields = _parsed(text, path)
    origin = Origin(name=Path(path).name, lines=lines_of(text), examples=examples or {})
    return _build(kind, fields, origin)


def read_toml(path: str | Path) -> dict[str, Any]:
    """What a TOML file says, as dicts, lists and scalars.

    Raises:
        DataError: the file is absent, unreadable or not TOML.
    """
    return _parsed(_text(Path(path)), path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist") from error
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text; save it as UTF-8") from error


def _parsed(text: str, path: str | Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        twice = repeated(text)
        if twice is not None:
            raise DataError(f"{path} is not TOML: {twice}. Keep one") from error
        raise DataError(f"{path} is not TOML: {error}") from error


def to_toml(value: Any) -> str:
    """The dataclass as TOML text."""
    return tomli_w.dumps(plain(value))


def toml_line(key: str, value: Any) -> str:
    """`key = value` on one line, lists within it; `value` as `plain` gives it."""
    return f"{key} = {toml_value(value)}"


def toml_value(value: Any) -> str:
    """A value on one line, as it stands right of the `=`."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        pairs = (toml_line(_key(key), item) for key, item in value.items())
        return f"{{ {', '.join(pairs)} }}"
    return tomli_w.dumps({"k": value}).removeprefix("k = ").rstrip("\n")


def _key(name: str) -> str:
    """Bare, or in quotes where TOML wants them."""
    return tomli_w.dumps({name: 0}).removesuffix(" = 0\n")


def digest(value: Any) -> str:
    """16 hex digits of SHA-256 over the canonical JSON of a dataclass or value."""
    content = plain(value) if dataclasses.is_dataclass(value) else value
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def to_variant(value: Any, variants: Mapping[str, type], key: str) -> dict[str, Any]:
    """The fields of one of several dataclasses; its name among them under `key`."""
    name = next(name for name, kind in variants.items() if isinstance(value, kind))
    return {key: name, **plain(value)}


def from_variant(
    fields: Mapping[str, Any], variants: Mapping[str, type], key: str, *, name: str
) -> Any:
    """What `to_variant` gave.

    Args:
        name: of all of them, for errors.

    Raises:
        DataError: none of them is named, or fields that it can't have.
    """
    fields = dict(fields)
    chosen = fields.pop(key, None)
    if chosen not in variants:
        raise DataError(
            f"a {name} is one of {', '.join(variants)}. Received: {chosen!r}"
        )
    return build(variants[chosen], fields, name=name)
