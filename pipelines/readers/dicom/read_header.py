"""The header of one file: walked through, or read by pydicom where that can't be."""

import os
from typing import BinaryIO

from pipelines.errors import DataError
from pipelines.readers.dicom import pydicom_reader
from pipelines.readers.dicom.classify_file import Found, Known, image_file, is_bare
from pipelines.readers.dicom.element_walk import ContentEndsError, LeftToPydicomError
from pipelines.readers.dicom.elements import Elements
from pipelines.readers.dicom.header_walk import Header, walk
from pipelines.readers.dicom.pixels import locate, locate_in
from pipelines.readers.dicom.walked_elements import WalkedElements

# Bytes of a file that the walk looks at: nearly all headers end within the first
# number; the second reaches over the protocols that some scanners put into theirs.
_FIRST, _MOST = 2**14, 2**20
_DIRECTORY = "1.2.840.10008.1.3.10"  # Media Storage Directory Storage
_DEFLATED = "1.2.840.10008.1.2.1.99"  # Deflated Explicit VR Little Endian


def read_header(path: str, known: Known) -> Found:
    """What a file is.

    Args:
        known: what earlier files had; grows.

    Raises:
        DataError: memory ran out.
    """
    try:
        if os.path.basename(path).upper() == "DICOMDIR":
            return "DICOMDIR"
        try:
            return _walked(path, known)
        except LeftToPydicomError:
            return by_pydicom(path, known)
    except MemoryError as error:  # left out unnoticed, a stack would lack a slice
        raise DataError(
            f"memory ran out while the header of {path} was read. Run with fewer "
            "--workers, or take the file out"
        ) from error


def _walked(path: str, known: Known) -> Found:
    """By the walk.

    Raises:
        LeftToPydicomError: this file is none for it.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            header, content = walked(file, size)
    except (MemoryError, LeftToPydicomError):
        raise
    except Exception as error:  # what nobody foresaw
        raise LeftToPydicomError from error
    if header.kind == _DIRECTORY:
        return "DICOMDIR"
    start = header.pixels_at
    value = locate_in(content[start : start + 12], start, little_endian=True, size=size)
    if value is None:
        raise LeftToPydicomError
    elements = WalkedElements(header, known.values)
    return image_file(
        path, elements, syntax=header.syntax, value=value, cut=False, known=known
    )


def walked(file: BinaryIO, size: int) -> tuple[Header, bytes]:
    """The header of an image and the bytes that it was found in.

    Raises:
        LeftToPydicomError: this file is none for the walk.
    """
    content = file.read(_FIRST)
    if content[128:132] != b"DICM":
        raise LeftToPydicomError
    try:
        return walk(content), content
    except ContentEndsError:
        if size <= _FIRST:
            raise
    content += file.read(_MOST - _FIRST)
    return walk(content), content


def by_pydicom(path: str, known: Known) -> Found:
    """What any file is, by pydicom."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                return "empty"
            bare = is_bare(file.read(132))
            if bare is None:
                return "not DICOM"
            file.seek(0)
            elements = pydicom_reader.header(file, bare=bare)
            value = _locate(file, elements, size)
            cut = value is None and file.tell() >= size
            kind = elements.file_meta.get("MediaStorageSOPClassUID")
            syntax = _syntax(elements)
    except MemoryError:
        raise
    except Exception:  # a damaged header raises what it likes
        return "unreadable"
    if kind == _DIRECTORY:
        return "DICOMDIR"
    return image_file(path, elements, syntax=syntax, value=value, cut=cut, known=known)


def _syntax(elements: Elements) -> str:
    return str(elements.file_meta.get("TransferSyntaxUID") or "")


def _locate(
    file: BinaryIO, elements: Elements, size: int
) -> tuple[int | None, int] | None:
    """Offset and length of PixelData; in a deflated file there is no offset."""
    if _syntax(elements) == _DEFLATED:
        return (None, size) if "Rows" in elements else None
    _, little_endian = elements.original_encoding
    return locate(file, little_endian=little_endian, size=size)
