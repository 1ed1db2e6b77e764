"""Walking through headers made by hand."""

import struct

import pytest

from pipelines.readers.dicom.element_walk import (
    ContentEndsError,
    LeftToPydicomError,
    word,
)
from pipelines.readers.dicom.header_walk import walk

EXPLICIT, IMPLICIT = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0"
UNDEFINED = 0xFFFFFFFF
ECHO_TIME = word(0x00180081)


def short(tag, kind, value):
    return struct.pack("<I2sH", word(tag), kind, len(value)) + value


def long(tag, kind, value, length=None):
    length = len(value) if length is None else length
    return struct.pack("<I2sHI", word(tag), kind, 0, length) + value


def implicit(tag, value, length=None):
    length = len(value) if length is None else length
    return struct.pack("<II", word(tag), length) + value


def file(*elements, syntax=EXPLICIT):
    meta = short(0x00020010, b"UI", syntax)
    length = short(0x00020000, b"UL", struct.pack("<I", len(meta)))
    return b"\0" * 128 + b"DICM" + length + meta + b"".join(elements)


TIME = short(0x00180081, b"DS", b"62")
PIXELS = long(0x7FE00010, b"OW", b"")
ITEM = implicit(0xFFFEE000, TIME, UNDEFINED) + implicit(0xFFFEE00D, b"")
END = implicit(0xFFFEE0DD, b"")


def test_elements_and_pixels():
    content = file(short(0x00080060, b"CS", b"MR"), TIME, PIXELS)
    header = walk(content)
    assert header.elements[ECHO_TIME] == (b"DS", b"62")
    assert (header.syntax, header.kind) == ("1.2.840.10008.1.2.1", "")
    assert content[header.pixels_at :] == PIXELS


def test_implicit_elements_have_the_dictionary_s_representation():
    content = file(
        implicit(0x00180081, b"62"),
        implicit(0x00191008, b"62"),
        implicit(0x7FE00010, b""),
        syntax=IMPLICIT,
    )
    elements = walk(content).elements
    assert elements[ECHO_TIME] == (b"DS", b"62")
    assert elements[word(0x00191008)] == (b"", b"62")  # private: nobody knows


@pytest.mark.parametrize(
    "sequence",
    [
        long(0x00081140, b"SQ", ITEM + ITEM + END, UNDEFINED),
        long(0x00081140, b"SQ", ITEM, len(ITEM)),
        long(0x00081140, b"SQ", implicit(0xFFFEE000, TIME) + END, UNDEFINED),
        long(0x00081140, b"SQ", END, UNDEFINED),
    ],
)
def test_sequences_are_stepped_over(sequence):
    header = walk(file(sequence, short(0x00180081, b"DS", b"80"), PIXELS))
    assert header.elements[ECHO_TIME] == (b"DS", b"80")


@pytest.mark.parametrize(
    "elements",
    [
        (short(0x00080060, b"zz", b"MR"), PIXELS),
        (long(0x00081140, b"UN", ITEM + END, UNDEFINED), PIXELS),
        (long(0x00081140, b"SQ", TIME + END, UNDEFINED), PIXELS),
        (long(0x00081140, b"SQ", implicit(0xFFFEE000, TIME, 9) + END, UNDEFINED),),
        (long(0x7FE00008, b"OF", b""), PIXELS),
        (short(0x7FE00010, b"zz", b""),),
        (short(0x00080005, b"CS", b"ISO_IR 999"), PIXELS),
        (short(0x00080005, b"LO", b"ISO_IR 100"), PIXELS),
    ],
)
def test_what_is_odd_is_left_to_pydicom(elements):
    with pytest.raises(LeftToPydicomError):
        walk(file(*elements))


def test_sequences_too_deep():
    sequence = b""
    for _ in range(20):
        item = implicit(0xFFFEE000, sequence, UNDEFINED) + implicit(0xFFFEE00D, b"")
        sequence = long(0x00081140, b"SQ", item + END, UNDEFINED)
    with pytest.raises(LeftToPydicomError):
        walk(file(sequence, PIXELS))


@pytest.mark.parametrize("syntax", [b"1.2.840.10008.1.2.2\0", b"1.2.3\0", b"x", b""])
def test_other_syntaxes_are_left_to_pydicom(syntax):
    with pytest.raises(LeftToPydicomError):
        walk(file(TIME, PIXELS, syntax=syntax))


def test_explicit_elements_where_implicit_ones_are_stated():
    with pytest.raises(LeftToPydicomError):
        walk(file(TIME, PIXELS, syntax=IMPLICIT))


@pytest.mark.parametrize("private", [0x00191008, 0x00181008])
def test_implicit_sequences(private):
    sequence = implicit(private, implicit(0xFFFEE000, b"") + END, UNDEFINED)
    content = file(sequence, implicit(0x7FE00010, b""), syntax=IMPLICIT)
    if private & 0x10000:
        assert walk(content).elements[word(private)][0] == b""
    else:  # a public tag that is not known for a sequence
        with pytest.raises(LeftToPydicomError):
            walk(content)


def test_content_that_ends():
    content = file(TIME, PIXELS)
    for length in (140, len(content) - len(PIXELS), len(content) - len(PIXELS) + 5):
        with pytest.raises(ContentEndsError):
            walk(content[:length])


def test_a_file_without_its_meta_length():
    meta = short(0x00020010, b"UI", EXPLICIT)
    with pytest.raises(LeftToPydicomError):
        walk(b"\0" * 128 + b"DICM" + meta + TIME + PIXELS)
