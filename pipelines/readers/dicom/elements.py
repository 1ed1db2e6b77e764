"""Values of header elements: what is absent or empty is None, "" or ()."""

import math
import re
from typing import Any, Protocol

_TIME = re.compile(
    r"(?:(\d{4})(\d\d)(\d\d))?(\d\d):?(\d\d):?(\d\d(?:\.\d+)?)(?:[+-]\d{4})?"
)


class Elements(Protocol):
    """A pydicom data set, as far as the readers use it."""

    file_meta: Any
    original_encoding: tuple[bool | None, bool | None]  # implicit, little-endian

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a keyword, or the element of a (group, element) tag."""


def text(elements: Elements, keyword: str) -> str:
    """The value without surrounding blanks; several values stay joined by `\\`."""
    value = elements.get(keyword)
    if isinstance(value, tuple) and len(value) == 1:  # plain already: nearly all
        return value[0]
    return "\\".join(words(elements, keyword))


def words(elements: Elements, keyword: str) -> tuple[str, ...]:
    """All values of an element as text."""
    value = elements.get(keyword)
    if isinstance(value, tuple):  # plain already: see `walked_elements`
        return value
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value.strip(),)
    if hasattr(value, "__iter__"):
        return tuple(str(item).strip() for item in value)
    return (str(value).strip(),)


def number(elements: Elements, keyword: str) -> float | None:
    """The first value of a numeric element."""
    value = elements.get(keyword)
    if isinstance(value, tuple):  # plain already: nearly all
        return value[0] if value else None
    values = numbers(elements, keyword)
    return values[0] if values else None


def single_number(elements: Elements, keyword: str) -> float | None:
    """The value of a numeric element on which the volume depends.

    Raises:
        ValueError: there are several, of which nobody can tell which is meant.
    """
    values = numbers(elements, keyword)
    if len(values) > 1:
        raise ValueError(f"{keyword} is one number. Received: {values}")
    return values[0] if values else None


def integer(elements: Elements, keyword: str) -> int | None:
    """The first value of an integer element."""
    value = number(elements, keyword)
    return None if value is None else int(value)


def optional_number(elements: Elements, keyword: str) -> float | None:
    """The first value of a numeric element; none also where it is no number (`1,5`).

    For what a volume can be made without: a rule that asks for it is not fulfilled.
    """
    try:
        value = number(elements, keyword)
    except (ValueError, TypeError, OverflowError):
        return None
    return value if value is None or math.isfinite(value) else None


def optional_integer(elements: Elements, keyword: str) -> int | None:
    """The same of an integer element."""
    value = optional_number(elements, keyword)
    return None if value is None else int(value)


def numbers(elements: Elements, keyword: str) -> tuple[float, ...]:
    """All values of a numeric element."""
    value = elements.get(keyword)
    if isinstance(value, tuple):
        return value
    if value is None or value == "":
        return ()
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return tuple(float(item) for item in value)
    return (float(value),)


def seconds(stated: str) -> float | None:
    """A time of day, or a date with one, in seconds from one and the same midnight.

    `HHMMSS.ffffff` or `YYYYMMDDHHMMSS.ffffff`; none where it is neither. Of dates only
    the order counts: months have 31 days here.
    """
    time = _TIME.fullmatch(stated)
    if time is None:
        return None
    year, month, day, hour, minute, second = (float(n or 0) for n in time.groups())
    days = (year * 12 + month) * 31 + day
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def item(elements: Elements, keyword: str) -> Elements | None:
    """The first item of a sequence."""
    sequence = elements.get(keyword)
    return sequence[0] if sequence else None
