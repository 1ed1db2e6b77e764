"""What a compressed frame says of its own size (JPEG, JPEG-LS, JPEG 2000).

GDCM ends the process, instead of raising, where a header promises more pixels than the
frame decodes to (python-gdcm, issue 34). So they are compared before it is asked.
"""

import struct
from dataclasses import dataclass

_JPEG, _JPEG_2000 = b"\xff\xd8", b"\xff\x4f\xff\x51"
_NO_FRAME = (0xC4, 0xC8, 0xCC)  # tables, and a reserved one (ITU T.81, table B.1)
_JPEG_LS = 0xF7
_ALONE = (0x01, *range(0xD0, 0xD9))  # markers without a length


@dataclass(frozen=True, kw_only=True)
class Codestream:
    """The size of one compressed frame.

    Args:
        value_bytes: that a decoder gives for each value.
    """

    rows: int
    columns: int
    samples: int
    value_bytes: int


def stated(frame: bytes) -> Codestream | None:
    """The size in a frame's own header; none where it has no such header.

    ITU T.81, B.2.2; ISO 14495-1, C.2.2; ISO 15444-1, A.5.1.
    """
    try:
        start = frame.find(_JPEG_2000)  # behind the boxes of a JP2 file, if any
        if start >= 0 and not frame.startswith(_JPEG):
            return _of_jpeg_2000(frame[start + 6 :])
        return _of_jpeg(frame) if frame.startswith(_JPEG) else None
    except struct.error:
        return None


def _of_jpeg(frame: bytes) -> Codestream | None:
    place = 2
    while place < len(frame):
        fill, marker = struct.unpack_from(">BB", frame, place)
        if fill != 0xFF:
            return None
        if marker == 0xFF:  # any number of them may stand before a marker
            place += 1
            continue
        place += 2
        if marker in _ALONE:
            continue
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME or marker == _JPEG_LS:
            _, bits, rows, columns, samples = struct.unpack_from(">HBHHB", frame, place)
            return _codestream(rows, columns, samples, bits)
        place += struct.unpack_from(">H", frame, place)[0]
    return None


def _of_jpeg_2000(size: bytes) -> Codestream:
    _, right, bottom, left, top = struct.unpack_from(">HIIII", size)
    samples, bits = struct.unpack_from(">HB", size, 34)
    return _codestream(bottom - top, right - left, samples, (bits & 0x7F) + 1)


def _codestream(rows: int, columns: int, samples: int, bits: int) -> Codestream:
    return Codestream(
        rows=rows,
        columns=columns,
        samples=samples,
        value_bytes=1 if bits <= 8 else 2 if bits <= 16 else 4,
    )
