"""Values of header elements: what is absent or empty is None, "" or ()."""

from typing import Any, Protocol


class Elements(Protocol):
    """A pydicom data set, as far as the readers use it."""

    file_meta: Any
    original_encoding: tuple[bool | None, bool | None]  # implicit, little-endian

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a keyword, or the element of a (group, element) tag."""


def text(elements: Elements, keyword: str) -> str:
    """The value without surrounding blanks; several values stay joined by `\\`."""
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
    values = numbers(elements, keyword)
    return values[0] if values else None


def integer(elements: Elements, keyword: str) -> int | None:
    """The first value of an integer element."""
    value = number(elements, keyword)
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


def item(elements: Elements, keyword: str) -> Elements | None:
    """The first item of a sequence."""
    sequence = elements.get(keyword)
    return sequence[0] if sequence else None
