"""Reading and rescaling of stored pixels."""

import io
import struct

import numpy as np
import pytest

from pipelines.readers.dicom.headers import Frame, Pixels
from pipelines.readers.dicom.pixels import (
    fragments_are_whole,
    locate,
    read_stored,
    rescale,
    stored_kind,
    without_unused_bits,
)


def frame(slope=1.0, intercept=0.0, index=0, **pixels):
    stated = {
        "syntax": "1.2.840.10008.1.2.1",
        "offset": 0,
        "length_bytes": 1000,
        "bits_allocated": 16,
        "bits_stored": 16,
        "high_bit": 15,
        "signed": False,
        **pixels,
    }
    return Frame(
        path="",
        index=index,
        rows=2,
        columns=3,
        slope=slope,
        intercept=intercept,
        pixels=Pixels(**stated),
    )


VALUES = np.asarray([[0, 1, 2], [3, 4, 4095]], np.uint16)


def element(explicit, order, length):
    tag = struct.pack(f"{order}HH", 0x7FE0, 0x0010)
    form = b"OW\0\0" if explicit else b""
    return tag + form + struct.pack(f"{order}I", length)


@pytest.mark.parametrize("explicit", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("length", "held"), [(16, 16), (40, 20), (0xFFFFFFFF, None)])
def test_locate(explicit, order, length, held):
    file = io.BytesIO(b"head" + element(explicit, order, length) + b"x" * 20)
    size = file.seek(0, 2)
    file.seek(4)
    offset = 16 if explicit else 12
    assert locate(file, little_endian=order == "<", size=size) == (
        offset,
        0xFFFFFFFF if held is None else held,
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        element(True, "<", 16)[:7],
        element(True, "<", 16)[:10],
        struct.pack("<HH", 0x7FE0, 0x0008) + b"OF\0\0\0\0\0\0",
    ],
)
def test_locate_finds_nothing(content):
    assert locate(io.BytesIO(content), little_endian=True, size=99) is None


def test_fragments():
    item = b"\xfe\xff\x00\xe0" + struct.pack("<I", 4) + b"data"
    end = b"\xfe\xff\xdd\xe0\0\0\0\0"
    for content, whole in [
        (item + item + end, True),
        (item + item + end + b"later elements", True),
        (item + item, True),
        (item + item[:-1], False),
        (item + item[:5], False),
    ]:
        assert fragments_are_whole(io.BytesIO(b"head" + content), 4) is whole


@pytest.mark.parametrize("kind", ["<u1", "<i1", "<u2", "<i2", "<u4", "<i4"])
def test_read_stored(kind):
    kind = np.dtype(kind)
    values = np.asarray([[[0, 1, 2], [3, 4, 127]], [[9, 8, 7], [6, 5, 4]]], kind)
    if kind.kind == "i":
        values[0, 0, 0] = -5
    bits = 8 * kind.itemsize
    wanted = frame(
        index=1,
        offset=3,
        bits_allocated=bits,
        bits_stored=bits,
        signed=kind.kind == "i",
    )
    stored = np.empty((2, 3), kind)
    assert read_stored(io.BytesIO(b"abc" + values.tobytes()), wanted, stored)
    np.testing.assert_array_equal(stored, values[1])
    assert stored_kind(wanted.pixels) == kind


def test_overlay_bits_are_dropped():
    wanted = frame(bits_stored=12, high_bit=11).pixels
    stored = (VALUES | 0xF000).astype("<u2")
    np.testing.assert_array_equal(without_unused_bits(stored, wanted), VALUES)


def test_the_sign_is_extended():
    values = np.asarray([[-1, -2048, 0], [5, 2047, -7]], np.int16)
    wanted = frame(bits_stored=12, high_bit=11, signed=True).pixels
    stored = (values & 0x0FFF).astype("<i2")
    np.testing.assert_array_equal(without_unused_bits(stored, wanted), values)


def test_read_stored_of_a_short_file():
    stored = np.empty(VALUES.shape, "<u2")
    assert not read_stored(io.BytesIO(VALUES.tobytes()[:-1]), frame(), stored)


def test_read_stored_takes_what_a_slow_file_gives():
    class Slow(io.BytesIO):
        def readinto(self, buffer):
            return super().readinto(buffer[:5])

    stored = np.empty(VALUES.shape, "<u2")
    assert read_stored(Slow(VALUES.astype("<u2").tobytes()), frame(), stored)
    np.testing.assert_array_equal(stored, VALUES)


@pytest.mark.parametrize(
    ("stored", "slope", "intercept", "kind"),
    [
        (VALUES, 1, 0, np.int16),
        (VALUES, 2, -1024, np.int16),
        (VALUES, 16, 0, np.int32),
        (np.full((2, 3), 40000, np.uint16), 1, 0, np.int32),
        (np.full((2, 3), 40000, np.uint16), 1, -20000, np.int16),
        (np.full((2, 3), -3, np.int16), -1, 0, np.int16),
        (np.full((2, 3), 200, np.uint8), 1, 0, np.int16),
        (np.full((2, 3), 4_000_000_000, np.uint32), 1, 0, np.float32),
        (VALUES, 0.5, 0, np.float32),
        (VALUES, 1, 0.25, np.float32),
    ],
)
def test_rescale(stored, slope, intercept, kind):
    values = rescale([stored], [frame(float(slope), float(intercept))])
    assert values.dtype == kind
    wanted = stored.astype(np.float64) * slope + intercept
    np.testing.assert_array_equal(values[0], wanted.astype(kind))


def test_rescale_each_frame_by_its_own_line():
    values = rescale([VALUES, VALUES], [frame(1.5), frame(3.0, 7.0)])
    np.testing.assert_array_equal(values[0], VALUES * 1.5)
    np.testing.assert_array_equal(values[1], VALUES * 3.0 + 7)


def test_rescale_of_one_array_is_that_of_its_frames():
    for lines in ([(1.0, 0.0)] * 2, [(1.5, 3.0)] * 2, [(2.0, 0.0), (1.0, -7.0)]):
        for stored in (
            np.stack([VALUES, VALUES + 9]),
            np.full((2, 2, 3), 50000, "<u2"),
        ):
            frames = [frame(*line) for line in lines]
            one, apart = rescale(stored, frames), rescale([*stored], frames)
            assert one.dtype == apart.dtype
            np.testing.assert_array_equal(one, apart)


def test_monochrome1_is_inverted_before_rescaling():
    white = frame(2.0, 10.0, photometric="MONOCHROME1", bits_stored=12)
    np.testing.assert_array_equal(
        rescale([VALUES], [white])[0], (4095 - VALUES.astype(int)) * 2 + 10
    )
    signed = frame(photometric="MONOCHROME1", bits_stored=12, signed=True)
    stored = np.asarray([[-2048, -1, 0], [1, 2, 2047]], np.int16)
    np.testing.assert_array_equal(rescale([stored], [signed])[0], -1 - stored)
