"""What is left to pydicom: headers that are not plain, and encoded pixels."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pydicom
from pydicom.encaps import generate_frames
from pydicom.pixels import get_decoder, iter_pixels
from pydicom.uid import (
    UID,
    JPEG2000TransferSyntaxes,
    JPEGLSTransferSyntaxes,
    JPEGTransferSyntaxes,
)

from pipelines.readers.dicom import codestreams
from pipelines.readers.dicom.elements import Elements
from pipelines.readers.dicom.fast_elements import PlainElements
from pipelines.readers.dicom.geometry import COPY_AGAIN, fault, truncated
from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.dicom.pixels import fragments_are_whole

_WITH_SIZES = (
    *JPEGTransferSyntaxes,
    *JPEGLSTransferSyntaxes,
    *JPEG2000TransferSyntaxes,
)


def header(file: BinaryIO, *, bare: bool) -> Elements:
    """The elements before the pixels; `file` is left standing at these.

    Args:
        bare: the file has no preamble.
    """
    return PlainElements(pydicom.dcmread(file, stop_before_pixels=True, force=bare))


def is_image_class(sop_class: str) -> bool:
    """Whether a SOP class UID is that of images, by the standard's name of it."""
    return UID(sop_class).name.endswith("Image Storage")


def decoded(
    series: Series, path: str, frames: tuple[Frame, ...]
) -> Iterator[np.ndarray]:
    """Stored values of compressed, big-endian or deflated frames, by pydicom."""
    pixels = frames[0].pixels
    if pixels.compressed:
        _check_decodable(series, path, frames[0])
    try:
        # Not by its path: pydicom 3.0 finds no pixels in a deflated file that way.
        dataset = pydicom.dcmread(path, force=True)
        if pixels.compressed and pixels.syntax in _WITH_SIZES:
            _check_sizes(dataset, frames)
        yield from iter_pixels(dataset, indices=[frame.index for frame in frames])
    except Exception as error:  # decoders raise what they like on damaged bytes
        raise fault(
            series,
            "undecodable_pixels",
            "the pixels of a file can't be decoded: it is cut off or damaged",
            COPY_AGAIN,
        ) from error


def _check_sizes(dataset: pydicom.Dataset, frames: tuple[Frame, ...]) -> None:
    """Raises a ValueError for a frame that is not as large as its header says."""
    pixels = frames[0].pixels
    wanted = {frame.index for frame in frames}
    every = generate_frames(dataset.PixelData, number_of_frames=frames[0].frames)
    for index, encoded in enumerate(every):
        size = codestreams.stated(encoded) if index in wanted else None
        if index not in wanted:
            continue
        # pydicom takes the width of a value from the newer kinds of frames itself.
        newer = pixels.syntax in (*JPEGLSTransferSyntaxes, *JPEG2000TransferSyntaxes)
        value_bytes = size and size.value_bytes if newer else pixels.bits_allocated // 8
        stated = codestreams.Codestream(
            rows=frames[0].rows,
            columns=frames[0].columns,
            samples=pixels.samples,
            value_bytes=value_bytes or 0,
        )
        if size != stated:
            raise ValueError(f"a frame is {size}, and its header says {stated}")


def _check_decodable(series: Series, path: str, frame: Frame) -> None:
    try:
        available = get_decoder(frame.pixels.syntax).is_available
    except NotImplementedError:
        available = False
    if not available:
        raise fault(
            series,
            "unsupported_syntax",
            "the pixels are compressed in a way that nothing here decodes. Received: "
            f"transfer syntax {frame.pixels.syntax}",
            "Export the series uncompressed, as JPEG lossless, JPEG 2000 or RLE",
        )
    with open(path, "rb") as file:
        if not fragments_are_whole(file, frame.pixels.offset):
            raise truncated(series)
