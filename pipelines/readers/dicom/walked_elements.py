"""Plain values of a header that was walked through: what a scan asks of nearly all."""

import re
import struct
from dataclasses import dataclass
from typing import Any

from pipelines.readers.dicom.element_walk import LeftToPydicomError, word
from pipelines.readers.dicom.header_walk import Header
from pipelines.readers.dicom.wanted_elements import WANTED

_ELEMENTS = {
    keyword: (word(tag), representation.encode())
    for keyword, (tag, representation) in WANTED.items()
}
_PADDING = b" \0"
_TEXTS = (b"AS", b"CS", b"DA", b"LO", b"SH", b"TM", b"UI")
_FLOATS = {b"FD": "d", b"FL": "f", b"SS": "h", b"US": "H"}
# Printable ASCII is the same in every character set that DICOM allows.
_TEXT = re.compile(rb"[ -~]*\0?")
_DECIMALS, _INTEGERS = (
    re.compile(rb" *%b *(?:\\ *%b *)*\0?" % (number, number))
    for number in (
        rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?",
        rb"[+-]?(?:[0-9]{1,9}|1[0-9]{9})",  # GE adds 1e9 to a b-value
    )
)
_NUMBERS = {b"DS": _DECIMALS, b"IS": _INTEGERS}

# Values by their representation and bytes: most are those of the file before.
Values = dict[tuple[bytes, bytes], tuple]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Element:
    value: Any


class WalkedElements:
    """Answers as the pydicom data set of the file would, in plain values.

    Values come as tuples, of floats or of text without blanks around it.

    Args:
        header: of the file.
        values: of earlier files; grows.
    """

    def __init__(self, header: Header, values: Values):
        self._elements = header.elements
        self._values = values
        self.file_meta = {"MediaStorageSOPClassUID": header.kind}
        self.original_encoding = (header.implicit, True)

    def get(self, key: str | tuple[int, int], default: Any = None) -> Any:
        """The values of a keyword, or the element of a private tag.

        Raises:
            LeftToPydicomError: they are there, but not plain, or not looked for.
        """
        wanted = _ELEMENTS.get(key)
        if wanted is None:
            return self._private(key, default)
        tag, representation = wanted
        element = self._elements.get(tag)
        if element is None:
            return default
        if element[0] != representation:
            raise LeftToPydicomError
        values = self._values.get(element)
        return self._plain(element) if values is None else values

    def _private(self, key: str | tuple[int, int], default: Any) -> Any:
        if isinstance(key, str):
            raise LeftToPydicomError
        group, number = key
        element = self._elements.get(group | number << 16)
        if element is None:
            return default
        if element[0] == b"OB":
            return _Element(value=element[1])
        value = self._plain(element)
        if element[0] in _TEXTS:
            return _Element(value="\\".join(value))
        return _Element(value=value)

    def _plain(self, element: tuple[bytes, bytes]) -> tuple:
        values = self._values[element] = _plain(*element)
        return values


def _plain(representation: bytes, content: bytes) -> tuple:
    """The values of an element's bytes, where there can't be two opinions of them."""
    if not content.strip(_PADDING) and representation not in _FLOATS:
        if representation in _TEXTS or representation in _NUMBERS:
            return ()
    elif representation in _TEXTS and _TEXT.fullmatch(content):
        text = content.strip(_PADDING).decode("ascii")
        return tuple(part.strip() for part in text.split("\\"))
    elif representation in _NUMBERS and _NUMBERS[representation].fullmatch(content):
        return tuple(map(float, content.strip(_PADDING).split(b"\\")))
    elif representation in _FLOATS:
        kind = struct.Struct("<" + _FLOATS[representation])
        if len(content) % kind.size == 0:
            return tuple(float(number) for (number,) in kind.iter_unpack(content))
    raise LeftToPydicomError
