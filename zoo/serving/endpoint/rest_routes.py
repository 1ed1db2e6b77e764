"""What a path asks for: `/v1/models/NAME[/versions/N|/labels/LABEL][:predict]`."""

import re
import urllib.parse
from dataclasses import dataclass

from zoo.serving.endpoint.rest_status import invalid
from zoo.serving.endpoint.status_error import StatusError

PREDICT, CLASSIFY, REGRESS = "predict", "classify", "regress"
STATUS, METADATA = "status", "metadata"

_MODEL = r"(?i:/v1/models)"
_WHICH = r"(?:(?i:/versions/)(?P<version>[0-9]+)|(?i:/labels/)(?P<label>[^/:]+))?"
_ASK = re.compile(
    rf"{_MODEL}/(?P<name>[^/:]+){_WHICH}:(?P<verb>classify|regress|predict)"
)
_TELL = re.compile(rf"{_MODEL}(?:/(?P<name>[^/:]+))?{_WHICH}(?P<metadata>/metadata)?")
_API = re.compile(r"(?i:/v1/).*", re.DOTALL)
_LARGEST_VERSION = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Route:
    """One question to one model."""

    verb: str  # PREDICT, CLASSIFY, REGRESS, STATUS or METADATA
    name: str
    version: int | None = None
    label: str | None = None


class VersionNumberError(StatusError):
    """A version that no 64-bit number holds; TensorFlow Serving answers no body."""

    def __init__(self, version: str):
        error = invalid(f"Failed to convert version: {version} to numeric.")
        super().__init__(error.code, error.message)


def belongs_to_api(target: str) -> bool:
    """Whether a request's target is one that TensorFlow Serving answers at all."""
    return _API.fullmatch(target) is not None


def parsed(method: str, target: str) -> Route:
    """The question that a request's first line asks.

    Args:
        method: "GET", "POST", ...
        target: path and query as sent; a query is part of the path, as TensorFlow
            Serving has it, and no question has one.

    Raises:
        StatusError: INVALID_ARGUMENT for whatever isn't a question.
    """
    pattern = {"POST": _ASK, "GET": _TELL}.get(method)
    match = pattern.fullmatch(target) if pattern else None
    if match is None:
        raise invalid(f"Malformed request: {method} {target}")
    parts = match.groupdict()
    if not parts["name"]:
        raise invalid("Missing model name in request.")
    version = parts["version"]
    if version is not None and (len(version) > 19 or int(version) > _LARGEST_VERSION):
        raise VersionNumberError(version)
    tells = METADATA if parts.get("metadata") else STATUS
    return Route(
        verb=parts.get("verb") or tells,
        name=_decoded(parts["name"]),
        version=None if version is None else int(version),
        label=parts["label"] and _decoded(parts["label"]),
    )


def _decoded(part: str) -> str:
    """A name without its percent signs; bytes that are no UTF-8 are replaced."""
    raw = part.encode("utf-8", "surrogateescape")
    return urllib.parse.unquote_to_bytes(raw).decode("utf-8", "replace")
