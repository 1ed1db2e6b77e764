"""JSON files of a run directory: objects whose entries have a stated kind."""

import json
from pathlib import Path
from types import UnionType
from typing import Any

from pipelines.errors import DataError


def read(path: Path) -> dict[str, Any]:
    """The object that a file holds.

    Raises:
        DataError: no such file, not JSON, or a list, a number or a text.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} can't be read: {error}") from error
    if not isinstance(content, dict):
        raise DataError(
            f"{path} can't be read: a JSON object is wanted. Received: "
            f"{type(content).__name__}"
        )
    return content


def entry(
    content: dict[str, Any], key: str, kind: type | UnionType, *, path: Path
) -> Any:
    """One entry of the object that `path` holds.

    Raises:
        DataError: it is missing, or of another kind.
    """
    if key not in content:
        raise DataError(f"{path} has no entry {key!r}: it is of another kind")
    value = content[key]
    if not isinstance(value, kind):
        wanted = getattr(kind, "__name__", str(kind))
        raise DataError(
            f"{path} is damaged: the entry {key!r} is a {wanted}. Received: {value!r}"
        )
    return value


def texts(content: dict[str, Any], key: str, *, path: Path) -> list[str]:
    """An entry that is a list of texts; raises as `entry`."""
    values = entry(content, key, list, path=path)
    if not all(isinstance(value, str) for value in values):
        raise DataError(
            f"{path} is damaged: the entry {key!r} is a list of texts. "
            f"Received: {values!r}"
        )
    return values


def text(content: dict[str, Any]) -> str:
    """The object as the file has it."""
    return json.dumps(content, indent=2) + "\n"
