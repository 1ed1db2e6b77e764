"""Frames of an enhanced multi-frame object: functional groups (PS3.3, A.36)."""

from pipelines.readers.dicom.b_value import b_value
from pipelines.readers.dicom.elements import (
    Elements,
    integer,
    item,
    number,
    numbers,
    single_number,
    text,
    words,
)
from pipelines.readers.dicom.gradient_direction import gradient_of_groups
from pipelines.readers.dicom.headers import Frame, Pixels

_PHILIPS_PRIVATE = (0x2005, 0x140F)  # of a frame, with what classic files have


def is_enhanced(elements: Elements) -> bool:
    """Whether the object describes its frames by functional groups."""
    return bool(elements.get("PerFrameFunctionalGroupsSequence"))


def frames(elements: Elements, path: str, pixels: Pixels) -> tuple[Frame, ...]:
    """Reads the headers of all frames: a group of the frame, else the shared one.

    Raises:
        ValueError: more or fewer functional groups than frames.
    """
    per_frame = elements.get("PerFrameFunctionalGroupsSequence")
    count = integer(elements, "NumberOfFrames")
    if count != len(per_frame):
        raise ValueError(
            "NumberOfFrames must be the number of per-frame functional groups. "
            f"Received: {count} and {len(per_frame)}"
        )
    shared = item(elements, "SharedFunctionalGroupsSequence") or {}
    return tuple(
        _frame(elements, _Groups(frame_groups, shared), path, index, pixels)
        for index, frame_groups in enumerate(per_frame)
    )


class _Groups:
    """The functional groups that hold for one frame."""

    def __init__(self, per_frame: Elements, shared: Elements):
        self._per_frame = per_frame
        self._shared = shared

    def __getitem__(self, keyword: str) -> Elements:
        return item(self._per_frame, keyword) or item(self._shared, keyword) or {}

    @property
    def philips(self) -> Elements:
        """Philips' private group of the frame."""
        element = self._per_frame.get(_PHILIPS_PRIVATE)
        sequence = element is not None and element.VR == "SQ" and element.value
        return element.value[0] if sequence else {}


def _frame(
    elements: Elements, groups: _Groups, path: str, index: int, pixels: Pixels
) -> Frame:
    measures = groups["PixelMeasuresSequence"]
    content = groups["FrameContentSequence"]
    transformation = groups["PixelValueTransformationSequence"]
    frame_type = words(groups["MRImageFrameTypeSequence"], "FrameType")
    diffusion, image_type = groups["MRDiffusionSequence"], words(elements, "ImageType")
    weighting = _b_value(diffusion, groups.philips)
    slope = single_number(transformation, "RescaleSlope")
    intercept = single_number(transformation, "RescaleIntercept")
    return Frame(
        path=path,
        sop_uid=text(elements, "SOPInstanceUID"),
        index=index,
        frames=integer(elements, "NumberOfFrames"),
        rows=integer(elements, "Rows"),
        columns=integer(elements, "Columns"),
        orientation=numbers(
            groups["PlaneOrientationSequence"], "ImageOrientationPatient"
        )
        or None,
        position_mm=numbers(groups["PlanePositionSequence"], "ImagePositionPatient")
        or None,
        spacing_mm=numbers(measures, "PixelSpacing") or None,
        slice_thickness_mm=number(measures, "SliceThickness"),
        instance_number=integer(elements, "InstanceNumber"),
        acquisition_number=integer(content, "FrameAcquisitionNumber"),
        temporal_position=integer(content, "TemporalPositionIndex"),
        trigger_time_ms=number(
            groups["CardiacSynchronizationSequence"], "NominalCardiacTriggerDelayTime"
        ),
        acquisition_time=text(content, "FrameAcquisitionDateTime"),
        b_value=weighting,
        gradient=gradient_of_groups(
            diffusion, groups.philips, weighting, frame_type or image_type
        ),
        echo_time_ms=number(groups["MREchoSequence"], "EffectiveEchoTime"),
        image_type=frame_type or image_type,
        slope=1.0 if slope is None else slope,
        intercept=0.0 if intercept is None else intercept,
        pixels=pixels,
    )


def _b_value(diffusion: Elements, private: Elements) -> float | None:
    """DiffusionBValue, or the private one, or 0 where no gradient was on."""
    value = number(diffusion, "DiffusionBValue")
    if value is not None:
        return value
    if words(diffusion, "DiffusionDirectionality") == ("NONE",):
        return 0.0
    return b_value(private)
