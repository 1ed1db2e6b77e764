"""Writes a Siemens CSA image header, format 2 (as nibabel's `csareader` reads it)."""

import struct

import numpy as np

from pipelines.phantoms.protocols import Weighting
from pipelines.phantoms.stack import Stack

_CHECK = 77  # between the parts of the header
_ITEMS = 6  # of an element without values
_IMAGING = 0.992  # share of b that a B_matrix holds whose cross terms were left out


def content(weighting: Weighting, stack: Stack, slices: int) -> bytes:
    """The header of one picture.

    Args:
        slices: in the mosaic; 0 = the image is none.
    """
    elements: list[tuple[str, str, list[str]]] = [
        ("B_value", "IS", [str(weighting.b_value)]),
        ("DiffusionDirectionality", "CS", ["DIRECTIONAL"]),
        ("SliceNormalVector", "FD", _numbers(stack.normal)),
    ]
    if weighting.direction is not None:
        matrix = _IMAGING * weighting.b_value * np.outer(*[weighting.direction] * 2)
        upper = matrix[np.triu_indices(3)]
        elements += [
            ("DiffusionGradientDirection", "FD", _numbers(weighting.direction)),
            ("B_matrix", "FD", _numbers(upper)),
        ]
    if slices:
        _, rows, columns = stack.shape
        elements += [
            ("NumberOfImagesInMosaic", "US", [str(slices)]),
            ("AcquisitionMatrixText", "SH", [f"{rows}p*{columns}"]),
        ]
    head = b"SV10\4\3\2\1" + struct.pack("<2I", len(elements), _CHECK)
    return _even(head + b"".join(_element(*element) for element in elements))


def _element(name: str, representation: str, values: list[str]) -> bytes:
    syngo = 0
    head = struct.pack(
        "<64si4s3i",
        name.encode(),
        len(values),
        representation.encode(),
        syngo,
        max(_ITEMS, len(values)),
        _CHECK,
    )
    items = [f"{value}\0".encode() for value in values]
    items += [b""] * (_ITEMS - len(items))
    return head + b"".join(map(_item, items))


def _item(value: bytes) -> bytes:
    length = len(value)
    return struct.pack("<4i", length, length, _CHECK, length) + value.ljust(
        -(-length // 4) * 4, b"\0"
    )


def _numbers(values: object) -> list[str]:
    return [f"{value:.8f}" for value in np.asarray(values).tolist()]


def _even(value: bytes) -> bytes:
    return value + b"\0" * (len(value) % 2)
