"""Writes `.caffemodel` bytes by hand: protobuf's wire format, caffe.proto's numbers."""

import numpy as np


def varint(value):
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def field(number, content):
    """A length-delimited field, of an int a varint."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def blob(array, *, old=False, diff=False):
    """A `BlobProto`; `old` states num, channels, height, width."""
    values = np.ascontiguousarray(array, "<f4").tobytes()
    content = field(5, values)
    if diff:
        content += field(6, values)
    if old:
        sides = (1,) * (4 - array.ndim) + array.shape
        for number, side in enumerate(sides, start=1):
            content += field(number, side)
        return content
    return content + field(7, field(1, b"".join(map(varint, array.shape))))


def net(layers, *, old=False):
    """A `NetParameter` of `(name, arrays)`; `old` in the field of V1 layers."""
    content = field(1, b"a net")
    for name, arrays in layers:
        name_number, blobs_number = (4, 6) if old else (1, 7)
        layer = field(name_number, name.encode())
        layer += b"".join(field(blobs_number, blob(a, old=old)) for a in arrays)
        content += field(2 if old else 100, layer)
    return content
