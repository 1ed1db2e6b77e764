"""b-values of every vendor's habit."""

import struct

import pytest
from pydicom.dataset import Dataset

from pipelines.readers.dicom.b_value import b_value


def header(manufacturer="", sequence_name=None, standard=None):
    dataset = Dataset()
    dataset.Manufacturer = manufacturer
    if sequence_name is not None:
        dataset.SequenceName = sequence_name
    if standard is not None:
        dataset.DiffusionBValue = standard
    return dataset


def private(dataset, group, creator, element, kind, value, block=0x10):
    if creator:
        dataset.add_new((group, block), "LO", creator)
    dataset.add_new((group, block << 8 | element), kind, value)
    return dataset


def test_standard_tag_comes_first():
    dataset = header("SIEMENS", "*ep_b50t", standard=750.0)
    assert b_value(private(dataset, 0x19, "SIEMENS MR HEADER", 0x0C, "IS", 400)) == 750


@pytest.mark.parametrize(
    ("kind", "value"), [("IS", 800), ("UN", b"800 "), ("OB", b"800"), ("UN", b"800\0")]
)
def test_siemens(kind, value):
    dataset = header("SIEMENS")
    assert b_value(private(dataset, 0x19, "SIEMENS MR HEADER", 0x0C, kind, value)) == (
        800
    )


def test_siemens_in_another_block_and_without_manufacturer():
    dataset = private(Dataset(), 0x19, "SIEMENS MR HEADER", 0x0C, "IS", 50, block=0x11)
    assert b_value(dataset) == 50


@pytest.mark.parametrize(
    ("value", "wanted"),
    [([1000, 8, 0, 0], 1000), ([1000000800, 8, 0, 0], 800), (0, 0), (1000001400, 1400)],
)
def test_ge(value, wanted):
    dataset = header("GE MEDICAL SYSTEMS")
    assert b_value(private(dataset, 0x43, "GEMS_PARM_01", 0x39, "IS", value)) == wanted


def tensor_scan(flag, direction):
    """An image of GE that states b = 1000, wherever it may."""
    dataset = header("GE MEDICAL SYSTEMS", standard=1000.0)
    private(dataset, 0x43, "GEMS_PARM_01", 0x39, "IS", [1000001000, 8, 0, 0])
    dataset.add_new((0x43, 0x1030), "SS", flag)
    dataset.add_new((0x19, 0x10), "LO", "GEMS_ACQU_01")
    for axis, value in enumerate(direction):
        dataset.add_new((0x19, 0x10BB + axis), "DS", str(value))
    return dataset


@pytest.mark.parametrize(
    ("flag", "direction", "wanted"),
    [
        (16, (0, 0, 0), 0),  # b = 0 of a table of gradients
        (14, (0, 0, 0), 0),
        (16, (0, 0.6, 0.8), 1000),
        (16, (), 1000),
        (15, (0, 0, 0), 1000),  # the combined image of clinical diffusion
    ],
)
def test_ge_without_a_gradient(flag, direction, wanted):
    assert b_value(tensor_scan(flag, direction)) == wanted


def test_ge_as_bytes():
    dataset = private(
        header("GE MEDICAL SYSTEMS"),
        0x43,
        "GEMS_PARM_01",
        0x39,
        "UN",
        b"1000000050\\8\\0\\0",
    )
    assert b_value(dataset) == 50


@pytest.mark.parametrize(
    ("kind", "value"),
    [("FL", 1000.0), ("UN", struct.pack("<f", 1000)), ("UN", struct.pack("<d", 1000))],
)
def test_philips(kind, value):
    dataset = header("Philips Medical Systems")
    creator = "Philips Imaging DD 001"
    assert b_value(private(dataset, 0x2001, creator, 0x03, kind, value)) == 1000


def test_bytes_that_are_no_number():
    dataset = private(header("SIEMENS"), 0x19, None, 0x0C, "UN", b"???")
    assert b_value(dataset) is None


def test_creator_lost_but_manufacturer_known():
    assert b_value(private(header("SIEMENS"), 0x19, None, 0x0C, "IS", 400)) == 400


def test_block_of_another_creator_is_not_read():
    dataset = header("SIEMENS")
    assert b_value(private(dataset, 0x19, "SOMEBODY ELSE", 0x0C, "IS", 400)) is None


def test_other_vendors_element_is_not_read():
    dataset = header("GE MEDICAL SYSTEMS")
    assert b_value(private(dataset, 0x19, None, 0x0C, "IS", 400)) is None


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("*ep_b800t", 800),
        ("ep_b50", 50),
        ("*ep_b0", 0),
        ("*re_b1000#12", 1000),
        ("*ep_b50_800", None),
        ("*tse2d1_25", None),
        ("", None),
    ],
)
def test_sequence_name(name, wanted):
    assert b_value(header("SIEMENS", name)) == wanted
