"""Frames become series: grouped, split, put in order, checked."""

import dataclasses
import math
from collections.abc import Iterable

import numpy as np

from pipelines.readers.dicom.geometry import (
    Geometry,
    fault,
    measure,
    plane,
    projections,
)
from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.dicom.split_series import Member, split

_BITS = (8, 16, 32)
_GREY = ("MONOCHROME1", "MONOCHROME2")


def assemble(files: Iterable[tuple[Series, tuple[Frame, ...]]]) -> tuple[Series, ...]:
    """Makes series of what was read file by file: its header and its frames.

    Frames of one SeriesInstanceUID (of one study) belong together, split as
    `split_series.split` says; `Series.part` names the differences.

    Returns:
        By patient, study, series number and part; frames in order along the normal.
    """
    groups: dict[tuple[str, str, str], list[Member]] = {}
    for header, frames in files:
        key = (header.patient_id, header.study_uid, header.series_uid)
        groups.setdefault(key, []).extend((header, frame) for frame in frames)
    series = []
    for _, members in sorted(groups.items(), key=_by_number):
        for part, images in split(_without_lone_zero(members)):
            series.append(_series(part, images))
    return tuple(series)


def check(series: Series) -> Geometry:
    """Whether the headers allow this series to become a volume.

    Raises:
        StudyError: mosaic, colour, unsupported_pixels, truncated, bad_rescale, or
            what `geometry.measure` raises.
    """
    for frame in series.frames:
        _check_pixels(series, frame)
    return measure(series)


def _by_number(entry: tuple[tuple[str, str, str], list[Member]]) -> tuple:
    (patient_id, study_uid, series_uid), members = entry
    number = members[0][0].series_number
    return patient_id, study_uid, number is None, number or 0, series_uid


def _series(part: str, members: list[Member]) -> Series:
    header = members[0][0]
    frames = ordered(tuple(frame for _, frame in members))
    first = frames[0]
    return dataclasses.replace(
        header,
        part=part,
        image_type=first.image_type,
        b_value=first.b_value,
        echo_time_ms=first.echo_time_ms,
        plane=plane(first.orientation),
        frames=frames,
    )


def ordered(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """Along the slice normal; as they are where a frame has no position."""
    if any(f.position_mm is None or f.orientation is None for f in frames):
        return frames
    along = np.argsort(projections(frames), kind="stable")
    return tuple(frames[i] for i in along)


def _without_lone_zero(members: list[Member]) -> list[Member]:
    """Without b-values where all are 0 and nothing else speaks of diffusion.

    Philips and GE write b = 0 into the headers of images of any kind.
    """
    frames = [frame for _, frame in members]
    if any(f.b_value or "DIFFUSION" in f.image_type for f in frames):
        return members
    if all(f.b_value is None for f in frames):
        return members
    return [(s, dataclasses.replace(f, b_value=None)) for s, f in members]


def _check_pixels(series: Series, frame: Frame) -> None:
    pixels = frame.pixels
    if pixels is None:
        raise ValueError(f"a frame without its pixel format. Received: {frame}")
    if "MOSAIC" in frame.image_type:
        raise fault(
            series,
            "mosaic",
            "a Siemens mosaic, all slices tiled in one image",
            "Export the series as single slices or as enhanced MR",
        )
    if pixels.samples != 1 or pixels.photometric not in _GREY:
        raise fault(
            series,
            "colour",
            f"a colour image. Received: {pixels.samples} samples per pixel",
            "Only grey images carry a signal; leave screenshots and maps in colour out",
        )
    bits = pixels.bits_allocated, pixels.bits_stored, pixels.high_bit
    if bits[0] not in _BITS or not 1 <= bits[1] <= bits[0] or bits[2] != bits[1] - 1:
        raise fault(
            series,
            "unsupported_pixels",
            "pixel values must be 8, 16 or 32 bits with the stored ones lowest. "
            "Received: bits allocated, bits stored, high bit = "
            + ", ".join(map(str, bits)),
            "Export the series as ordinary MR images",
        )
    if not (math.isfinite(frame.slope) and math.isfinite(frame.intercept)) or (
        frame.slope == 0
    ):
        raise fault(
            series,
            "bad_rescale",
            "rescale slope and intercept give no values. "
            f"Received: {frame.slope}, {frame.intercept}",
            "RescaleSlope must be a number other than 0",
        )
    _check_length(series, frame)


def _check_length(series: Series, frame: Frame) -> None:
    pixels = frame.pixels
    needed = frame.rows * frame.columns * pixels.bits_allocated // 8 * frame.frames
    if pixels.compressed or pixels.offset is None or pixels.length_bytes >= needed:
        return
    raise fault(
        series,
        "truncated",
        f"a file is cut off: {pixels.length_bytes} of {needed} bytes of pixels",
        "Copy or export the file again",
    )
