"""The study that a report goes back to: whose it is, and which images were used.

Read anew from the headers of the files, since ingest keeps nothing that names a
patient. A report is the user's own result for that patient: it carries these modules as
the source has them.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pydicom
from pydicom import Dataset
from pydicom.uid import MRImageStorage

from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Frame, Series

# Type 2 elements of the modules Patient and General Study, empty where not known.
_MAY_BE_EMPTY = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
)
_REFERENCE = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
_OF_AN_IMAGE = (*_REFERENCE, "Modality", "FrameOfReferenceUID")
_SYNTAX_PARTS = 64  # characters of a UID (PS3.5, 9)


@dataclass(frozen=True, kw_only=True, eq=False)
class UsedImage:
    """An image that a record was made of.

    Args:
        header: its UIDs and its modality.
        frames: numbers, from 1, of a part of a multi-frame image; empty = all of it.
    """

    header: Dataset
    frames: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class SourceStudy:
    """Where a report belongs.

    Args:
        header: of its first image, texts decoded, with empty values for what it lacks.
            Private.
        images: by sequence.
    """

    header: Dataset
    images: Mapping[str, tuple[UsedImage, ...]]

    @property
    def uid(self) -> str:
        """StudyInstanceUID."""
        return str(self.header.StudyInstanceUID)

    @property
    def every_image(self) -> tuple[UsedImage, ...]:
        """Of all sequences, each instance once."""
        by_uid = {}
        for images in self.images.values():
            for image in images:
                by_uid.setdefault(image.header.SOPInstanceUID, image)
        return tuple(by_uid.values())


def read(series: Mapping[str, Series]) -> SourceStudy:
    """Reads the headers of the images of a study.

    Args:
        series: by sequence.

    Raises:
        StudyError: no DICOM, or images that nothing can refer to.
    """
    if not series:
        raise StudyError(
            code="no_dicom",
            problem="a report wants the DICOM images of its study",
            cure="Name the study by --dicom or --series",
        )
    with warnings.catch_warnings():  # pydicom's would show the patient's own values
        warnings.simplefilter("ignore")
        images = {name: _images(one) for name, one in series.items()}
        header = _header(next(iter(series.values())))
    return SourceStudy(header=header, images=images)


def _header(series: Series) -> Dataset:
    header = pydicom.dcmread(series.paths[0], stop_before_pixels=True, force=True)
    header.decode()
    for keyword in _MAY_BE_EMPTY:
        if keyword not in header:
            setattr(header, keyword, None)
    # By it highdicom looks up what the modules Patient and Study hold, which all images
    # of CT, MR and PET have alike.
    header.SOPClassUID = MRImageStorage
    return header


def _images(series: Series) -> tuple[UsedImage, ...]:
    by_path: dict[str, list[Frame]] = {}
    for part in series.directions or (series,):
        for frame in part.frames:
            by_path.setdefault(frame.path, []).append(frame)
    return tuple(_image(path, frames) for path, frames in by_path.items())


def _image(path: str, frames: Sequence[Frame]) -> UsedImage:
    header = pydicom.dcmread(
        path, stop_before_pixels=True, force=True, specific_tags=list(_OF_AN_IMAGE)
    )
    for keyword in _REFERENCE:
        if not 0 < len(str(header.get(keyword) or "")) <= _SYNTAX_PARTS:
            raise StudyError(
                code="no_reference",
                problem=f"an image has no valid {keyword}, so no report can refer to "
                "it or lie beside it",
                cure="Export the study again from the archive, or de-identify it with "
                "UIDs replaced, not removed",
            )
    used = sorted({frame.index + 1 for frame in frames})
    whole = len(used) == frames[0].frames
    return UsedImage(header=header, frames=() if whole else tuple(used))
