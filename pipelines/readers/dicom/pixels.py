"""Stored pixels: their format, reading them uncompressed, and their rescaling."""

import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from pipelines.readers.dicom.elements import Elements, integer, text
from pipelines.readers.dicom.headers import Frame, Pixels

_LONG_FORM = (b"OB", b"OW", b"UN")
_UNDEFINED_LENGTH = 0xFFFFFFFF
_LOOKED_AT = 4096  # bytes behind the pixels: more than a file is filled up with
_PIXEL_DATA = (0x7FE0, 0x0010)
_ITEM = b"\xfe\xff\x00\xe0"
# Transfer syntaxes whose values lie in the file as they are (PS3.5, A.1 to A.3, A.5);
# "" = a file without file meta information. In any other they are not known to.
_NATIVE = (
    "",
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
)


def pixel_format(
    elements: Elements, *, syntax: str, little_endian: bool, value: tuple[int, int]
) -> Pixels:
    """The format that a header states.

    Args:
        value: offset of PixelData's value in the file, and its length in bytes.

    Raises:
        ValueError: whether values have a sign is not known.
    """
    offset, length_bytes = value
    stored = integer(elements, "BitsStored") or 0
    high_bit = integer(elements, "HighBit")
    samples = integer(elements, "SamplesPerPixel")
    sign = integer(elements, "PixelRepresentation")
    if sign not in (0, 1):
        raise ValueError(
            "PixelRepresentation is 0 or 1: whether values have a sign. "
            f"Received: {'none' if sign is None else sign}"
        )
    native = syntax.rstrip(" \0") in _NATIVE and length_bytes != _UNDEFINED_LENGTH
    return Pixels(
        syntax=syntax,
        little_endian=little_endian,
        compressed=not native,
        offset=offset,
        length_bytes=length_bytes,
        samples=1 if samples is None else samples,
        photometric=text(elements, "PhotometricInterpretation"),
        bits_allocated=integer(elements, "BitsAllocated") or 0,
        bits_stored=stored,
        high_bit=stored - 1 if high_bit is None else high_bit,
        signed=sign == 1,
    )


def locate(file: BinaryIO, *, little_endian: bool, size: int) -> tuple[int, int] | None:
    """Where PixelData's value begins and how many bytes of it the file holds.

    Args:
        file: stands at the element (7FE0,0010), explicit or implicit (PS3.5, 7.1).
        size: of the file in bytes.

    Returns:
        Offset and length, the length 0xFFFFFFFF where the value is encapsulated;
        none where there is another element or the file ends.
    """
    start = file.tell()
    return locate_in(file.read(12), start, little_endian=little_endian, size=size)


def locate_in(
    head: bytes, start: int, *, little_endian: bool, size: int
) -> tuple[int, int] | None:
    """The same from the first 12 bytes of the element, which begins at `start`."""
    order = "<" if little_endian else ">"
    if head[:4] != struct.pack(f"{order}HH", *_PIXEL_DATA) or len(head) < 8:
        return None
    explicit = head[4:6] in _LONG_FORM
    field = head[8:12] if explicit else head[4:8]
    if len(field) < 4:
        return None
    offset = start + (12 if explicit else 8)
    length = struct.unpack(f"{order}I", field)[0]
    if length == _UNDEFINED_LENGTH:
        return offset, length
    return offset, min(length, size - offset)


def fragments_are_whole(file: BinaryIO, offset: int) -> bool:
    """Whether every fragment of encapsulated pixels lies inside the file (PS3.5, A.4).

    Decoders fill up what a cut file lacks without a word. A sequence delimiter that
    is missing after a whole last fragment is forgiven.
    """
    size = file.seek(0, 2)
    while offset < size:
        file.seek(offset)
        head = file.read(8)
        if len(head) < 8 or head[:4] != _ITEM:
            return len(head) == 8
        offset += 8 + struct.unpack("<I", head[4:])[0]
    return offset == size


def stored_kind(pixels: Pixels) -> np.dtype:
    """The type of uncompressed little-endian values."""
    return np.dtype(f"<{'i' if pixels.signed else 'u'}{pixels.bits_allocated // 8}")


def read_stored(file: BinaryIO, frame: Frame, stored: np.ndarray) -> bool:
    """Reads the values of an uncompressed little-endian frame, just as they lie there.

    Args:
        stored: `[rows, columns]` of their `stored_kind`, to be filled.

    Returns:
        Whether the file holds all of them.
    """
    rest = memoryview(stored).cast("B")
    file.seek(frame.pixels.offset + frame.index * len(rest))
    while rest:
        count = file.readinto(rest)
        if not count:
            return False
        rest = rest[count:]
    return True


def is_last(file: BinaryIO, pixels: Pixels) -> bool:
    """Whether nothing stands behind uncompressed pixels that belongs before them.

    Elements stand in the order of their tags (PS3.5, 7.1), so a smaller tag, or a
    second PixelData, is of a damaged file, and nobody can tell which pixels are meant.
    Zeros that fill a file up are let pass.
    """
    file.seek(pixels.offset + pixels.length_bytes)
    behind = file.read(_LOOKED_AT).lstrip(b"\0")
    return len(behind) < 8 or struct.unpack("<HH", behind[:4]) > _PIXEL_DATA


def without_unused_bits(stored: np.ndarray, pixels: Pixels) -> np.ndarray:
    """Drops what lies above the stored bits (old overlays) and extends the sign.

    Args:
        stored: values of any shape; changed in place.
    """
    unused = pixels.bits_allocated - pixels.bits_stored
    low, high = _stored_range(pixels)
    if unused and (stored.min() < low or stored.max() > high):
        stored <<= unused
        stored >>= unused
    return stored


def _stored_range(pixels: Pixels) -> tuple[int, int]:
    if pixels.signed:
        return -(1 << pixels.bits_stored - 1), (1 << pixels.bits_stored - 1) - 1
    return 0, (1 << pixels.bits_stored) - 1


def rescale(stored: Sequence[np.ndarray], frames: Sequence[Frame]) -> np.ndarray:
    """Values after each frame's slope and intercept; MONOCHROME1 is inverted first.

    Inverted means lowest + highest storable value - stored value (PS3.3, C.7.6.3.1.2:
    in MONOCHROME1 the lowest value is shown white).

    Args:
        stored: per frame `[rows, columns]`, or all in one array.

    Returns:
        `[frames, rows, columns]`; int16, else int32, where slopes and intercepts are
        integral and all values fit; else float32.
    """
    lines = [_line(frame) for frame in frames]
    kind = _value_dtype(stored, lines)
    if kind == np.int16 and all(line == (1, 0) for line in lines):
        if isinstance(stored, np.ndarray) and stored.dtype in (np.int16, np.uint16):
            return stored.view(kind)
        return np.stack(stored, dtype=kind, casting="unsafe")
    exact = np.float64 if kind == np.float32 else np.int64
    values = np.empty((len(frames), *stored[0].shape), dtype=kind)
    product = np.empty(stored[0].shape, exact)
    for plane, image, (slope, intercept) in zip(values, stored, lines):
        np.multiply(image, exact(slope), out=product, dtype=exact)
        np.add(product, exact(intercept), out=plane, dtype=exact, casting="unsafe")
    return values


def _line(frame: Frame) -> tuple[float, float]:
    """Slope and intercept with the inversion of MONOCHROME1 folded in."""
    if frame.pixels.photometric != "MONOCHROME1":
        return frame.slope, frame.intercept
    return -frame.slope, frame.slope * sum(_stored_range(frame.pixels)) + (
        frame.intercept
    )


def _value_dtype(
    stored: Sequence[np.ndarray], lines: Sequence[tuple[float, float]]
) -> type[np.generic]:
    if not all(float(x).is_integer() for line in lines for x in line):
        return np.float32
    if isinstance(stored, np.ndarray) and len(set(lines)) == 1:
        stored, lines = [stored], lines[:1]
    ends = [
        slope * int(end) + intercept
        for image, (slope, intercept) in zip(stored, lines)
        for end in (image.min(), image.max())
    ]
    for kind in (np.int16, np.int32):
        if np.iinfo(kind).min <= min(ends) and max(ends) <= np.iinfo(kind).max:
            return kind
    return np.float32
