"""Stepping over data elements by their bytes, little endian (PS3.5, 7.1 and 7.5).

What is odd in any way is not judged here, but left to pydicom.
"""

import struct
from collections.abc import Callable

EXPLICIT = struct.Struct("<I2sH").unpack_from  # tag, value representation, length
IMPLICIT = struct.Struct("<II").unpack_from  # tag, length; an item's head, too
_LENGTH = struct.Struct("<I").unpack_from
_UNDEFINED = 0xFFFFFFFF
_DEEPEST = 16  # sequences within sequences

SHORT = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
)
LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())


class LeftToPydicomError(Exception):
    """Something that only pydicom can tell."""


class ContentEndsError(LeftToPydicomError):
    """The header goes on after the content."""


def word(tag: int) -> int:
    """A tag as the little-endian word of its bytes: the element above the group."""
    return tag >> 16 | (tag & 0xFFFF) << 16


CHARACTER_SET = word(0x00080005)
_ITEM_BEGINS, _ITEM_ENDS, _SEQUENCE_ENDS = map(
    word, (0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD)
)
# Where pydicom stops, or starts to guess.
STOPS = {
    _ITEM_BEGINS,
    _ITEM_ENDS,
    _SEQUENCE_ENDS,
    word(0x7FE00008),
    word(0x7FE00009),
}

# Sequences that MR images have: files without value representations do not say so.
_SEQUENCES = set(
    map(
        word,
        (
            0x00081032,  # ProcedureCodeSequence
            0x00081110,  # ReferencedStudySequence
            0x00081111,  # ReferencedPerformedProcedureStepSequence
            0x00081115,  # ReferencedSeriesSequence
            0x00081120,  # ReferencedPatientSequence
            0x00081140,  # ReferencedImageSequence
            0x00081199,  # ReferencedSOPSequence
            0x00082112,  # SourceImageSequence
            0x00082218,  # AnatomicRegionSequence
            0x00089215,  # DerivationCodeSequence
            0x00120064,  # DeidentificationMethodCodeSequence
            0x00321064,  # RequestedProcedureCodeSequence
            0x00400008,  # ScheduledProtocolCodeSequence
            0x00400260,  # PerformedProtocolCodeSequence
            0x00400275,  # RequestAttributesSequence
            0x0040A170,  # PurposeOfReferenceCodeSequence
        ),
    )
)


def explicit_value(
    content: bytes, offset: int, representation: bytes, length: int, *, depth: int
) -> tuple[int, int]:
    """Where the value of an explicit element begins, and where it ends.

    Args:
        length: as short elements state it; long ones have a field of their own for it.
    """
    if representation in SHORT:
        return offset + 8, offset + 8 + length
    if representation not in LONG:
        raise LeftToPydicomError
    (length,) = _LENGTH(content, offset + 8)
    start = offset + 12
    if length != _UNDEFINED:
        return start, start + length
    if representation != b"SQ":
        raise LeftToPydicomError
    return start, _sequence_end(content, start, _explicit_end, depth)


def _explicit_end(content: bytes, offset: int, depth: int) -> int:
    _, representation, length = EXPLICIT(content, offset)
    return explicit_value(content, offset, representation, length, depth=depth)[1]


def implicit_end(content: bytes, offset: int, depth: int) -> int:
    """Where an implicit element ends."""
    tag, length = IMPLICIT(content, offset)
    start = offset + 8
    if length != _UNDEFINED:
        return start + length
    private = bool(tag & 1) and _LENGTH(content, start)[0] == _ITEM_BEGINS
    if not private and tag not in _SEQUENCES:
        raise LeftToPydicomError
    return _sequence_end(content, start, implicit_end, depth)


def _sequence_end(
    content: bytes, offset: int, element_end: Callable[..., int], depth: int
) -> int:
    """Where a sequence of undefined length ends (PS3.5, 7.5)."""
    if depth > _DEEPEST:
        raise LeftToPydicomError
    while True:
        tag, length = IMPLICIT(content, offset)
        offset += 8
        if tag == _SEQUENCE_ENDS and length == 0:
            return offset
        if tag != _ITEM_BEGINS:
            raise LeftToPydicomError
        stop = None if length == _UNDEFINED else offset + length
        offset = _item_end(content, offset, stop, element_end, depth)


def _item_end(
    content: bytes,
    offset: int,
    stop: int | None,
    element_end: Callable[..., int],
    depth: int,
) -> int:
    """Where an item ends: at `stop`, which must be right, or at its delimiter."""
    while offset != stop:
        tag, length = IMPLICIT(content, offset)
        if tag == _ITEM_ENDS and stop is None and length == 0:
            return offset + 8
        if tag in STOPS or tag == CHARACTER_SET or offset > (stop or offset):
            raise LeftToPydicomError
        offset = element_end(content, offset, depth + 1)
    return offset
