"""Whose a DICOM file is, and how many more its header says there are.

For a folder into which files come one by one: any object counts, images or not.
"""

import os
from dataclasses import dataclass
from typing import BinaryIO

from pipelines.readers.dicom import pydicom_reader
from pipelines.readers.dicom.classify_file import is_bare
from pipelines.readers.dicom.element_walk import LeftToPydicomError
from pipelines.readers.dicom.elements import Elements, optional_integer, text
from pipelines.readers.dicom.pixels import fragments_are_whole, locate, locate_in
from pipelines.readers.dicom.read_header import walked
from pipelines.readers.dicom.series_header import sop_class
from pipelines.readers.dicom.walked_elements import WalkedElements

_HEAD_BYTES = 132  # preamble and prefix
_NO_LIMIT = 2**62  # of a file's size: so a length is what the header promises
_UNDEFINED_LENGTH = 0xFFFFFFFF
_DEFLATED = "1.2.840.10008.1.2.1.99"  # its pixels have no place in the file


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedFile:
    """What one file says of itself and of those that belong to it. Private.

    Args:
        images: how many it holds; 0 = it is no image.
        whole: it does not end before its pixels do.
        time_point: TemporalPositionIdentifier.
        study_objects: NumberOfStudyRelatedInstances (0020,1208); none = not said.
        series_objects: NumberOfSeriesRelatedInstances (0020,1209).
        acquisition_images: ImagesInAcquisition (0020,1002).
        time_points: NumberOfTemporalPositions (0020,0105).
    """

    patient_id: str
    study_uid: str
    accession_number: str = ""
    series_uid: str = ""
    sop_uid: str = ""
    images: int = 1
    whole: bool = True
    acquisition: int | None = None
    time_point: int | None = None
    study_objects: int | None = None
    series_objects: int | None = None
    acquisition_images: int | None = None
    time_points: int | None = None


def read(path: str | os.PathLike) -> ReceivedFile | str:
    """Reads the header of a file, or says why it belongs to no study.

    Returns:
        Else one of "not DICOM", "unreadable" (as DICOM), "no study id".

    Raises:
        OSError: the file can't be opened or read.
        MemoryError: memory ran out.
    """
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            return _walked(file, size)
        except LeftToPydicomError:
            file.seek(0)
    with open(path, "rb") as file:
        return _by_pydicom(file, size)


def may_be_dicom(path: str | os.PathLike) -> bool:
    """Whether the first bytes of a file, which may not all be there, are of DICOM.

    Raises:
        OSError: the file can't be opened or read.
    """
    with open(path, "rb", buffering=0) as file:
        head = file.read(_HEAD_BYTES)
    filled = len(head) == _HEAD_BYTES and head.strip(b"\0")
    return not filled or is_bare(head) is not None


def _walked(file: BinaryIO, size: int) -> ReceivedFile | str:
    header, content = walked(file, size)
    start = header.pixels_at
    head = content[start : start + 12]
    value = locate_in(head, start, little_endian=True, size=_NO_LIMIT)
    if value is None:
        raise LeftToPydicomError
    elements = WalkedElements(header, {})
    return _received(elements, images=_frames(elements), whole=_is_whole(file, value))


def _by_pydicom(file: BinaryIO, size: int) -> ReceivedFile | str:
    bare = is_bare(file.read(_HEAD_BYTES))
    if bare is None:
        return "not DICOM"
    file.seek(0)
    try:
        elements = pydicom_reader.header(file, bare=bare)
        _, little_endian = elements.original_encoding
        value = locate(file, little_endian=little_endian, size=_NO_LIMIT)
        if value is not None:
            images, whole = _frames(elements), _is_whole(file, value)
        elif str(elements.file_meta.get("TransferSyntaxUID", "")) == _DEFLATED:
            images, whole = int("Rows" in elements), True
        else:
            images = int(pydicom_reader.is_image_class(sop_class(elements)))
            whole = not images or file.tell() < size
        return _received(elements, images=images, whole=whole)
    except (MemoryError, OSError):
        raise
    except Exception:  # a damaged header raises what it likes
        return "unreadable"


def _received(elements: Elements, *, images: int, whole: bool) -> ReceivedFile | str:
    study_uid = text(elements, "StudyInstanceUID")
    if not study_uid:
        return "no study id"
    return ReceivedFile(
        patient_id=text(elements, "PatientID"),
        study_uid=study_uid,
        accession_number=text(elements, "AccessionNumber"),
        series_uid=text(elements, "SeriesInstanceUID"),
        sop_uid=text(elements, "SOPInstanceUID"),
        images=images,
        whole=whole,
        acquisition=optional_integer(elements, "AcquisitionNumber"),
        time_point=optional_integer(elements, "TemporalPositionIdentifier"),
        study_objects=optional_integer(elements, "NumberOfStudyRelatedInstances"),
        series_objects=optional_integer(elements, "NumberOfSeriesRelatedInstances"),
        acquisition_images=optional_integer(elements, "ImagesInAcquisition"),
        time_points=optional_integer(elements, "NumberOfTemporalPositions"),
    )


def _frames(elements: Elements) -> int:
    return max(optional_integer(elements, "NumberOfFrames") or 1, 1)


def _is_whole(file: BinaryIO, value: tuple[int, int]) -> bool:
    """Whether the pixels are all there, by their length or fragment by fragment."""
    offset, length = value
    if length == _UNDEFINED_LENGTH:
        return fragments_are_whole(file, offset)
    return offset + length <= os.fstat(file.fileno()).st_size
