"""Private elements by creator and manufacturer, whatever became of their type."""

import struct

import pytest
from pydicom.dataset import Dataset

from pipelines.readers.dicom.vendor_elements import (
    VendorElement,
    maker_of,
    vendor_number,
    vendor_numbers,
    vendor_text,
)

WANTED = VendorElement(
    vendor="siemens", creator="SIEMENS MR HEADER", group=0x0019, element=0x0E
)


def header(kind, value, manufacturer="SIEMENS", block=0x10):
    dataset = Dataset()
    dataset.Manufacturer = manufacturer
    dataset.add_new((0x19, block), "LO", "SIEMENS MR HEADER")
    dataset.add_new((0x19, block << 8 | 0x0E), kind, value)
    return dataset


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("FD", [0.0, 0.5, -1.0]),
        ("DS", ["0", "0.5", "-1"]),
        ("UN", struct.pack("<3d", 0, 0.5, -1)),
        ("UN", struct.pack("<3f", 0, 0.5, -1)),
        ("OB", b"0\\0.5\\-1 "),
    ],
)
def test_numbers(kind, value):
    assert vendor_numbers(header(kind, value), WANTED) == (0, 0.5, -1)


@pytest.mark.parametrize("value", ["Anon", ["Anon", "Anon"], b"Anon", "", b""])
def test_no_numbers(value):
    kind = "UN" if isinstance(value, bytes) else "LO"
    assert vendor_number(header(kind, value), WANTED) is None


@pytest.mark.parametrize(("kind", "value"), [("CS", "ISO "), ("UN", b"ISO\0")])
def test_text(kind, value):
    assert vendor_text(header(kind, value), WANTED) == "ISO"


def test_absent():
    assert vendor_text(Dataset(), WANTED) == ""
    assert vendor_numbers({}, WANTED) == ()


def test_of_an_unknown_manufacturer_and_of_another_one():
    assert vendor_number(header("FD", 2.0, manufacturer="", block=0x12), WANTED) == 2
    assert vendor_number(header("FD", 2.0, manufacturer="GE"), WANTED) is None


@pytest.mark.parametrize(
    ("manufacturer", "maker"),
    [
        ("SIEMENS", "siemens"),
        ("Siemens Healthineers", "siemens"),
        ("GE MEDICAL SYSTEMS", "ge"),
        ("Philips Medical Systems", "philips"),
        ("Canon", ""),
        ("", ""),
    ],
)
def test_makers(manufacturer, maker):
    dataset = Dataset()
    dataset.Manufacturer = manufacturer
    assert maker_of(dataset) == maker
