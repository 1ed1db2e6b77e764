"""What one file is to a scan: an image, a broken file, or nothing of use."""

import math
from dataclasses import dataclass, field

from pipelines.errors import StudyError
from pipelines.readers.dicom import classic, enhanced
from pipelines.readers.dicom.element_walk import LeftToPydicomError
from pipelines.readers.dicom.elements import Elements, text
from pipelines.readers.dicom.geometry import fault
from pipelines.readers.dicom.headers import Fault, Frame, Pixels, Series
from pipelines.readers.dicom.pixels import pixel_format
from pipelines.readers.dicom.pydicom_reader import is_image_class
from pipelines.readers.dicom.series_header import series_facts, sop_class
from pipelines.readers.dicom.walked_elements import Values

_COPY_AGAIN = "Copy or export the file again"
_IDS = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID")

# The series facts and frames of an image file, a broken file, or why it is ignored.
Found = tuple[Series, tuple[Frame, ...]] | Fault | str


@dataclass(frozen=True, kw_only=True)
class Known:
    """What files have had so far: most of it is true of the next one as well.

    Held once it takes less memory, and less time on its way to another process.

    Args:
        series: facts of series, by what images have alike.
        pixels: formats, each under itself.
        values: plain values of elements, by their bytes.
    """

    series: dict[tuple, Series] = field(default_factory=dict)
    pixels: dict[Pixels, Pixels] = field(default_factory=dict)
    values: Values = field(default_factory=dict)


def is_bare(head: bytes) -> bool | None:
    """Whether a DICOM file lacks preamble and prefix; none if it is no DICOM file.

    Bare files begin with an early element of group 0008, or with group 0002.
    """
    if head[128:132] == b"DICM":
        return False
    starts = len(head) >= 8 and head[:2] in (b"\x08\x00", b"\x02\x00")
    return True if starts and head[3] == 0 else None


def image_file(
    path: str,
    elements: Elements,
    *,
    syntax: str,
    value: tuple[int | None, int] | None,
    cut: bool,
    known: Known,
) -> Found:
    """Sorts a file whose header is read.

    Args:
        syntax: its transfer syntax.
        value: offset and length of its pixels; none where it has none.
        cut: the file ends where its pixels should begin.
        known: of earlier files; grows.

    Raises:
        LeftToPydicomError: an element is not plain.
    """
    try:
        if value is None:
            return _without_pixels(path, elements, cut)
        ids = tuple(text(elements, keyword) for keyword in _IDS)
        if not all(ids[1:]):
            return "no study id"
        return _image(path, elements, syntax, value, ids, known)
    except (MemoryError, LeftToPydicomError):
        raise
    except Exception as error:  # a damaged header raises what it likes
        return _fault(elements, "bad_header", "a header can't be read", str(error))


def _without_pixels(path: str, elements: Elements, cut: bool) -> Fault | str:
    kind = sop_class(elements)
    if cut and not kind and "Rows" not in elements:
        return "unreadable"
    image = is_image_class(kind) if kind else "Rows" in elements
    if not (cut and image):
        return "no pixels"
    return _fault(elements, "truncated", "a file ends before its pixels", path)


def _image(
    path: str,
    elements: Elements,
    syntax: str,
    value: tuple[int | None, int],
    ids: tuple[str, ...],
    known: Known,
) -> tuple[Series, tuple[Frame, ...]]:
    pixels = pixel_format(
        elements,
        syntax=syntax,
        little_endian=elements.original_encoding[1],
        value=value,
    )
    pixels = known.pixels.setdefault(pixels, pixels)
    if enhanced.is_enhanced(elements):
        frames = enhanced.frames(elements, path, pixels)
        for frame in frames:
            _check(frame)
        return series_facts(elements), frames
    frames = classic.frames(elements, path, pixels)
    for frame in frames:
        _check(frame)
    kind = sop_class(elements)
    alike = (*ids, kind, frame.image_type, frame.b_value, frame.echo_time_ms)
    if alike not in known.series:
        known.series[alike] = series_facts(elements)
    return known.series[alike], frames


def _check(frame: Frame) -> None:
    """Refuses what the sorting of frames into series could not compute with."""
    if not frame.rows or not frame.columns:
        raise ValueError("an image needs Rows and Columns")
    for name, count in (("orientation", 6), ("position_mm", 3), ("spacing_mm", 2)):
        values = getattr(frame, name)
        if values is not None and len(values) != count:
            raise ValueError(f"{name} wants {count} numbers. Received: {values}")
    if frame.b_value is not None and not math.isfinite(frame.b_value):
        raise ValueError(f"a b-value is a number. Received: {frame.b_value}")


def _fault(elements: Elements, code: str, problem: str, private: str) -> Fault | str:
    try:
        facts = series_facts(elements)
    except (MemoryError, LeftToPydicomError):
        raise
    except Exception:  # a damaged header raises what it likes
        facts = None
    if facts is None or not facts.study_uid:
        return "unreadable"
    error = fault(facts, code, problem, _COPY_AGAIN)
    return Fault(
        patient_id=facts.patient_id,
        study_uid=facts.study_uid,
        accession_number=facts.accession_number,
        series_uid=facts.series_uid,
        error=StudyError(
            code=code,
            problem=error.problem,
            cure=error.cure,
            private=f"{error.private}, {private}",
        ),
    )
