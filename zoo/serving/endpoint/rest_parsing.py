"""The bytes of a request as a JSON object, with the parser errors of the true server.

Stricter than TensorFlow Serving in three things, as each would leave the question open:
a key that stands twice, text that isn't UTF-8, and nesting beyond any tensor's rank.
"""

import gc
import json
import math
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from zoo.serving.endpoint.rest_quoting import quoted
from zoo.serving.endpoint.rest_status import invalid
from zoo.serving.endpoint.status_error import StatusError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# strings are matched only so that what stands in them is left alone
_STRING_OR_CONSTANT = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"|-?Inf(?!inity)|-NaN', re.DOTALL
)
_WORDS = (  # of Python's parser, of TensorFlow Serving's
    ("Expecting property name", "Missing a name for object member."),
    (
        "Illegal trailing comma before end of object",
        "Missing a name for object member.",
    ),
    ("Expecting ':'", "Missing a colon after a name of object member."),
    ("Expecting ','", "Missing a comma or closing bracket after an element."),
    ("Extra data", "The document root must not be followed by other values."),
    ("Unterminated string", "Missing a closing quotation mark in string."),
    ("Invalid control character", "Invalid encoding in string."),
    ("Invalid \\uXXXX escape", "Incorrect hex digit after \\u escape in string."),
    ("Invalid \\escape", "Invalid escape character in string."),
)
_PAUSE = threading.Lock()
TOO_BIG = "JSON Parse error: Number too big to be stored in double."


class WrittenConstant(float):
    """NaN or an infinity that the request spells out; 1e999 is an error instead."""


def parsed(body: bytes) -> dict[str, object]:
    """The object that a request's body holds.

    Args:
        body: UTF-8; `NaN`, `Inf` and `Infinity` are numbers.

    Raises:
        StatusError: INVALID_ARGUMENT, with the place of the fault where there is one.
    """
    try:
        text = body.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid(
            f"JSON Parse error: Invalid encoding in string. at offset: {error.start}"
        ) from error
    if not text:
        raise invalid("JSON Parse error: The document is empty")
    document = _document(text)
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {quoted(document)} Is not object")
    return document


def _document(text: str) -> object:
    """What the text says; spelled again if TensorFlow Serving's constants need it."""
    try:
        try:
            return _loaded(text)
        except json.JSONDecodeError:
            if "Inf" not in text and "-NaN" not in text:
                raise
            return _loaded(_STRING_OR_CONSTANT.sub(_respelled, text))
    except json.JSONDecodeError as error:
        raise _syntax_error(text, error) from error
    except RecursionError as error:
        raise invalid("JSON Parse error: lists and objects are nested too deep") from (
            error
        )
    except ValueError as error:  # an integer of more digits than Python reads
        raise invalid(TOO_BIG) from error


def _loaded(text: str) -> object:
    with _no_collection():
        return json.loads(
            text, object_pairs_hook=_members, parse_constant=WrittenConstant
        )


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for reference cycles meanwhile, as a parsed body has none.

    Its thousands of lists would start several, each through all of TensorFlow's
    objects: 0.5 of 0.65 s for a 64³ volume. Who comes second changes nothing, so that
    there are searches between requests however many come.
    """
    if not (gc.isenabled() and _PAUSE.acquire(blocking=False)):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        _PAUSE.release()


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object's members, each of which must have a name of its own."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise invalid("JSON Parse error: an object has two members of the same name")
    return members


def _respelled(match: re.Match[str]) -> str:
    """A string as it is, a constant as Python's parser knows it."""
    token = match[0]
    if token.startswith('"'):
        return token
    if token == "-NaN":
        return "NaN"
    return token.replace("Inf", "Infinity")


def _syntax_error(text: str, error: json.JSONDecodeError) -> StatusError:
    """A fault of syntax in TensorFlow Serving's words; its place in bytes."""
    if not text.strip(" \t\r\n"):
        words = "The document is empty."
    else:
        words = next(
            (ours for theirs, ours in _WORDS if error.msg.startswith(theirs)),
            "Invalid value.",
        )
    offset = len(text[: error.pos].encode("utf-8"))
    return invalid(f"JSON Parse error: {words} at offset: {offset}")


def overflowed(value: object) -> bool:
    """Whether a number was too large for a double: it became an infinity unasked."""
    return type(value) is float and math.isinf(value)
