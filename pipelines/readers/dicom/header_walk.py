"""A file's header, walked through by its bytes: what a scan wants, and the pixels.

pydicom makes an object of every element that it passes, which takes twenty times as
long as to step over it. So the walk steps over all but the wanted elements. It knows
the encodings that scanners write, little endian with explicit or implicit value
representations (PS3.5, 7.1), and leaves every other file to pydicom, as well as what
is odd in any way: what is damaged is judged in one place.
"""

import re
import struct
from dataclasses import dataclass

from pipelines.readers.dicom.element_walk import (
    CHARACTER_SET,
    EXPLICIT,
    IMPLICIT,
    LONG,
    SHORT,
    STOPS,
    ContentEndsError,
    LeftToPydicomError,
    explicit_value,
    implicit_end,
    word,
)
from pipelines.readers.dicom.wanted_elements import PRIVATE_GROUPS, WANTED

_UID = re.compile(rb"[0-9.]*\0?")
_CAPITALS = re.compile(rb"[A-Z]{2}")  # what makes pydicom expect explicit ones

_REPRESENTATIONS = {
    word(tag): representation.encode() for tag, representation in WANTED.values()
}
_PIXELS = word(0x7FE00010)
_NOTED = {*_REPRESENTATIONS, *STOPS, CHARACTER_SET}
_META_LENGTH, _META_KIND, _META_SYNTAX = map(word, (0x00020000, 0x00020002, 0x00020010))
_IMPLICIT = "1.2.840.10008.1.2"
_SYNTAXES = re.compile(r"1\.2\.840\.10008\.1\.2(\.1|\.4\.[0-9]+|\.5)?")
_CHARACTER_SETS = re.compile(
    r"|ISO(_IR| 2022 IR) (6|13|100|101|109|110|126|127|138|144|148|166)"
    r"|ISO 2022 IR (58|87|149|159)|ISO_IR 192|GBK|GB18030"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What the walk has found.

    Args:
        syntax: the transfer syntax.
        kind: MediaStorageSOPClassUID; "" where there is none.
        implicit: value representations are those of the dictionary.
        elements: value representation ("" = not known) and bytes, by tag word.
        pixels_at: offset of the element PixelData.
    """

    syntax: str
    kind: str
    implicit: bool
    elements: dict[int, tuple[bytes, bytes]]
    pixels_at: int


def walk(content: bytes) -> Header:
    """Walks from the preamble to the pixels.

    Args:
        content: of a file with preamble and prefix, from its beginning.

    Raises:
        ContentEndsError: there are no pixels before the content ends.
        LeftToPydicomError: anything but an image as scanners write it.
    """
    try:
        syntax, kind, start = _file_meta(content)
        implicit = syntax == _IMPLICIT
        to_pixels = _implicit if implicit else _explicit
        elements, pixels_at = to_pixels(content, start)
    except struct.error as error:
        raise ContentEndsError from error
    if not STOPS.isdisjoint(elements):
        raise LeftToPydicomError
    _check_character_set(elements)
    return Header(
        syntax=syntax,
        kind=kind,
        implicit=implicit,
        elements=elements,
        pixels_at=pixels_at,
    )


def _file_meta(content: bytes) -> tuple[str, str, int]:
    """Transfer syntax, kind of object, and where the data set begins."""
    offset, values = 132, {}
    while (head := EXPLICIT(content, offset))[0] & 0xFFFF == 0x0002:
        if not values and head != (_META_LENGTH, b"UL", 4):
            raise LeftToPydicomError
        start, end = explicit_value(content, offset, head[1], head[2], depth=0)
        values[head[0]] = head[1], content[start:end]
        offset = end
    syntax, kind = (_uid(values.get(tag)) for tag in (_META_SYNTAX, _META_KIND))
    if not _SYNTAXES.fullmatch(syntax):
        raise LeftToPydicomError
    return syntax, kind, offset


def _uid(element: tuple[bytes, bytes] | None) -> str:
    if element is None:
        return ""
    representation, value = element
    if representation != b"UI" or not _UID.fullmatch(value):
        raise LeftToPydicomError
    return value.rstrip(b"\0").decode("ascii")


def _explicit(content: bytes, offset: int) -> tuple[dict[int, tuple], int]:
    """The wanted elements of a data set, and where its pixels are."""
    elements = {}
    while True:
        tag, representation, length = EXPLICIT(content, offset)
        if tag == _PIXELS:
            if representation in SHORT or representation in LONG:
                return elements, offset
            raise LeftToPydicomError
        if representation in SHORT:  # nearly all: a call for each would cost too much
            start = offset + 8
            end = start + length
        else:
            start, end = explicit_value(
                content, offset, representation, length, depth=0
            )
        if tag in _NOTED or tag & 0xFFFF in PRIVATE_GROUPS:
            elements[tag] = representation, content[start:end]
        offset = end


def _implicit(content: bytes, offset: int) -> tuple[dict[int, tuple], int]:
    """The same of a data set without value representations."""
    elements = {}
    if _CAPITALS.fullmatch(content, offset + 4, offset + 6):
        raise LeftToPydicomError
    while True:
        tag, _ = IMPLICIT(content, offset)
        if tag == _PIXELS:
            return elements, offset
        end = implicit_end(content, offset, depth=0)
        if tag in _NOTED or tag & 0xFFFF in PRIVATE_GROUPS:
            representation = _REPRESENTATIONS.get(tag, b"")
            elements[tag] = representation, content[offset + 8 : end]
        offset = end


def _check_character_set(elements: dict[int, tuple]) -> None:
    """Refuses names of character sets that pydicom has to think about."""
    representation, value = elements.get(CHARACTER_SET, (b"", b""))
    names = value.strip(b" \0").decode("latin-1").split("\\")
    known = all(_CHARACTER_SETS.fullmatch(name.strip()) for name in names)
    if not known or representation not in (b"", b"CS"):
        raise LeftToPydicomError
