"""A JSON value as an error quotes it: short, however large the value is."""

import json
from collections.abc import Iterator

_MOST_CHARACTERS = 1000
_MOST_LEVELS = 16
_INDENT = "    "


def quoted(value: object) -> str:
    """A parsed JSON value as text, objects over several lines, lists on one.

    The first thousand characters are given, and `...` for the rest; TensorFlow Serving
    sends all of it back.
    """
    text, length = [], 0
    for piece in _pieces(value, level=0):
        text.append(piece)
        length += len(piece)
        if length > _MOST_CHARACTERS:
            return "".join(text)[:_MOST_CHARACTERS] + "..."
    return "".join(text)


def type_name(value: object) -> str:
    """What TensorFlow Serving calls the type of a JSON value."""
    if value is None or isinstance(value, bool):
        return {None: "Null", True: "True", False: "False"}[value]
    names = {str: "String", list: "Array", dict: "Object"}
    return names.get(type(value), "Number")


def _pieces(value: object, *, level: int) -> Iterator[str]:
    """The text in pieces, so that a large value is never written whole."""
    if isinstance(value, list | dict) and level >= _MOST_LEVELS:
        yield "..."
    elif isinstance(value, dict) and value:
        for number, (key, member) in enumerate(value.items()):
            start = "{" if number == 0 else ","
            yield f"{start}\n{_INDENT * (level + 1)}{_scalar(key)}: "
            yield from _pieces(member, level=level + 1)
        yield f"\n{_INDENT * level}}}"
    elif isinstance(value, list) and value:
        for number, element in enumerate(value):
            yield "[" if number == 0 else ", "
            yield from _pieces(element, level=level + 1)
        yield "]"
    else:
        yield _scalar(value)


def _scalar(value: object) -> str:
    """A value without members; a long string or number is cut before it is written."""
    if isinstance(value, str):
        return json.dumps(value[: _MOST_CHARACTERS + 1], ensure_ascii=False)
    if isinstance(value, int) and value.bit_length() > 1024:
        return "an integer of more than 1024 bits"
    return json.dumps(value)
