"""Frozen dataclasses to and from TOML and JSON; an unknown key is an error."""

import dataclasses
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import cattrs
import tomli_w

from pipelines.errors import DataError

Value = TypeVar("Value")

_CONVERTER = cattrs.Converter(forbid_extra_keys=True)
_STRICT = {bool: (bool,), str: (str,), int: (int,), float: (int, float)}


def _check_scalar(value: Any, kind: type) -> Any:
    if not isinstance(value, _STRICT[kind]) or (
        isinstance(value, bool) and kind is not bool
    ):
        raise ValueError(f"expected {kind.__name__}. Received: {value!r}")
    return kind(value)


for _kind in _STRICT:
    _CONVERTER.register_structure_hook(_kind, _check_scalar)


def build(kind: type[Value], fields: dict[str, Any], *, name: str) -> Value:
    """Builds a `kind` from plain `fields`; `name` says in errors what was read.

    Raises:
        DataError: a key that `kind` has not, a missing one, or a value that does not
            fit, each with the path of the key.
    """
    try:
        return _CONVERTER.structure(fields, kind)
    except Exception as error:
        lines = cattrs.transform_error(error, path=name)
        raise DataError("; ".join(lines)) from error


def plain(value: Any) -> dict[str, Any]:
    """The dataclass as dicts, lists and scalars, without the fields that are None."""
    return _without_none(_CONVERTER.unstructure(value))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value]
    return value


def load_toml(kind: type[Value], path: str | Path) -> Value:
    """Reads a `kind` from a TOML file."""
    path = Path(path)
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path} is not TOML: {error}") from error
    return build(kind, fields, name=path.name)


def to_toml(value: Any) -> str:
    """The dataclass as TOML text."""
    return tomli_w.dumps(plain(value))


def digest(value: Any) -> str:
    """16 hex digits of SHA-256 over the canonical JSON of a dataclass or value."""
    content = plain(value) if dataclasses.is_dataclass(value) else value
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
