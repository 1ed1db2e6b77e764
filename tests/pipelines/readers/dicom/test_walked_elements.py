"""Plain values of elements: what is plain, and what is pydicom's to judge."""

import struct

import pytest

from pipelines.readers.dicom.element_walk import LeftToPydicomError, word
from pipelines.readers.dicom.header_walk import Header
from pipelines.readers.dicom.walked_elements import WalkedElements


def elements(tag=0, kind=b"", content=b"", values=None):
    header = Header(
        syntax="1.2",
        kind="",
        implicit=False,
        elements={word(tag): (kind, content)},
        pixels_at=0,
    )
    return WalkedElements(header, {} if values is None else values)


@pytest.mark.parametrize(
    ("keyword", "tag", "kind", "content", "wanted"),
    [
        ("EchoTime", 0x00180081, b"DS", b"62.5 ", (62.5,)),
        ("EchoTime", 0x00180081, b"DS", b"-1e-010\\.5\\2.", (-1e-10, 0.5, 2.0)),
        ("InstanceNumber", 0x00200013, b"IS", b" 12\0", (12.0,)),
        ("Rows", 0x00280010, b"US", struct.pack("<H", 256), (256.0,)),
        ("Rows", 0x00280010, b"US", b"", ()),
        ("DiffusionBValue", 0x00189087, b"FD", struct.pack("<d", 0.5), (0.5,)),
        ("ImageType", 0x00080008, b"CS", b"A \\ B", ("A", "B")),
        ("PatientID", 0x00100020, b"LO", b"  ", ()),
        ("StudyInstanceUID", 0x0020000D, b"UI", b"1.2\0", ("1.2",)),
    ],
)
def test_plain(keyword, tag, kind, content, wanted):
    assert elements(tag, kind, content).get(keyword) == wanted


@pytest.mark.parametrize(
    ("keyword", "tag", "kind", "content"),
    [
        ("EchoTime", 0x00180081, b"DS", b"x.y "),
        ("EchoTime", 0x00180081, b"DS", b"nan "),
        ("EchoTime", 0x00180081, b"DS", b"1\\\\2"),
        ("EchoTime", 0x00180081, b"LO", b"62"),
        ("InstanceNumber", 0x00200013, b"IS", b"1.5"),
        ("InstanceNumber", 0x00200013, b"IS", b"2147483648"),  # above 2^31 - 1
        ("Rows", 0x00280010, b"US", b"\1"),
        ("PatientID", 0x00100020, b"LO", b"M\xfcller"),
        ("PatientID", 0x00100020, b"LO", b"\x1b$B"),
        ("PatientID", 0x00100020, b"LO", b"A\0B "),
        ("PerFrameFunctionalGroupsSequence", 0x52009230, b"SQ", b""),
        ("StationName", 0x00081010, b"SH", b"X"),  # nobody looks for it
    ],
)
def test_not_plain(keyword, tag, kind, content):
    with pytest.raises(LeftToPydicomError):
        elements(tag, kind, content).get(keyword)


def test_absent():
    assert elements().get("EchoTime") is None
    assert elements().get("EchoTime", 7) == 7
    assert elements().get((0x0019, 0x100C)) is None


@pytest.mark.parametrize(
    ("kind", "content", "wanted"),
    [
        (b"IS", b"800 ", (800.0,)),
        (b"LO", b"SIEMENS MR HEADER ", "SIEMENS MR HEADER"),
        (b"OB", b"800 ", b"800 "),
        (b"FL", struct.pack("<f", 800), (800.0,)),
        (b"SS", struct.pack("<h", -3), (-3.0,)),
        (b"IS", b"1000000800\\8\\0\\0", (1000000800.0, 8.0, 0.0, 0.0)),
    ],
)
def test_private(kind, content, wanted):
    assert elements(0x0019100C, kind, content).get((0x0019, 0x100C)).value == wanted


@pytest.mark.parametrize("kind", [b"UN", b"", b"SQ"])
def test_private_values_that_pydicom_looks_up(kind):
    with pytest.raises(LeftToPydicomError):
        elements(0x0019100C, kind, b"800 ").get((0x0019, 0x100C))


def test_values_are_made_once():
    values = {}
    first = elements(0x00280030, b"DS", b"2\\2", values).get("PixelSpacing")
    assert elements(0x00280030, b"DS", b"2\\2", values).get("PixelSpacing") is first
