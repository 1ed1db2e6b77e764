"""The frames of a classic file: one image, or a mosaic of slices."""

from pipelines.readers.dicom.b_value import b_value
from pipelines.readers.dicom.elements import (
    Elements,
    integer,
    numbers,
    optional_integer,
    optional_number,
    single_number,
    text,
    words,
)
from pipelines.readers.dicom.gradient_direction import gradient
from pipelines.readers.dicom.headers import Frame, Pixels
from pipelines.readers.dicom.mosaic import unpacked


def frames(elements: Elements, path: str, pixels: Pixels) -> tuple[Frame, ...]:
    """Reads the header of a single image: one frame, of a mosaic one for each slice."""
    return unpacked(_frame(elements, path, pixels), elements)


def _frame(elements: Elements, path: str, pixels: Pixels) -> Frame:
    """Reads the header of a single image.

    Several frames without functional groups have no position of their own, so they
    get none and are refused when a volume is made of them.
    """
    count = integer(elements, "NumberOfFrames") or 1
    position_mm = numbers(elements, "ImagePositionPatient") if count == 1 else ()
    slope, intercept = (
        single_number(elements, keyword)
        for keyword in ("RescaleSlope", "RescaleIntercept")
    )
    weighting = b_value(elements)
    return Frame(
        path=path,
        sop_uid=text(elements, "SOPInstanceUID"),
        frames=count,
        rows=integer(elements, "Rows"),
        columns=integer(elements, "Columns"),
        orientation=numbers(elements, "ImageOrientationPatient") or None,
        position_mm=position_mm or None,
        spacing_mm=numbers(elements, "PixelSpacing") or None,
        slice_thickness_mm=optional_number(elements, "SliceThickness"),
        instance_number=optional_integer(elements, "InstanceNumber"),
        acquisition_number=optional_integer(elements, "AcquisitionNumber"),
        temporal_position=optional_integer(elements, "TemporalPositionIdentifier"),
        trigger_time_ms=optional_number(elements, "TriggerTime"),
        acquisition_time=text(elements, "AcquisitionTime"),
        b_value=weighting,
        gradient=gradient(elements, weighting),
        echo_time_ms=optional_number(elements, "EchoTime"),
        image_type=words(elements, "ImageType"),
        slope=1.0 if slope is None else slope,
        intercept=0.0 if intercept is None else intercept,
        pixels=pixels,
    )
