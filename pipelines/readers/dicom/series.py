"""Frames become series: grouped, split, put in order, checked."""

import dataclasses
import math
from collections.abc import Iterable, Iterator

import numpy as np

from pipelines.readers.dicom.geometry import (
    Geometry,
    fault,
    measure,
    plane,
    projections,
)
from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.dicom.mean_directions import same_geometry
from pipelines.readers.dicom.modality import image_kind
from pipelines.readers.dicom.mosaic import is_mosaic
from pipelines.readers.dicom.repeats import Member, repeat_ranks
from pipelines.readers.dicom.split_series import split
from pipelines.readers.dicom.stacks import lacks, placed, same_turn

_BITS = (8, 16, 32)
_GREY = ("MONOCHROME1", "MONOCHROME2")


def assemble(files: Iterable[tuple[Series, tuple[Frame, ...]]]) -> tuple[Series, ...]:
    """Makes series of what was read file by file: its header and its frames.

    Frames of one SeriesInstanceUID (of one study) belong together, if they are one
    kind of image, split as `split_series.split` says; `Series.part` names the
    differences.

    Returns:
        By patient, study, series number and part; frames in order along the normal.
    """
    groups: dict[tuple[str, ...], list[Member]] = {}
    for header, frames in files:
        ids = header.patient_id, header.study_uid, header.series_uid
        key = (*ids, header.modality, image_kind(header))
        groups.setdefault(key, []).extend((header, frame) for frame in frames)
    series = []
    for _, members in sorted(groups.items(), key=_by_number):
        parts = [
            _series(part, images) for part, images in split(_without_lone_zero(members))
        ]
        series += parts if len(parts) == 1 else _compared(parts)
    return tuple(series)


def check(series: Series) -> Geometry:
    """Whether the headers allow this series to become a volume.

    Raises:
        StudyError: mosaic, colour, unsupported_pixels, truncated, bad_rescale,
            uneven_directions, or what `geometry.measure` raises.
    """
    if series.directions:
        return same_geometry(series, [check(one) for one in series.directions])
    for frame in series.frames:
        _check_pixels(series, frame)
    return measure(series)


def _by_number(entry: tuple[tuple[str, ...], list[Member]]) -> tuple:
    (patient_id, study_uid, *others), members = entry
    number = members[0][0].series_number
    return patient_id, study_uid, number is None, number or 0, *others


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


def _compared(parts: list[Series]) -> Iterator[Series]:
    """The parts of one series, each with its rank and what it lacks of the others."""
    ranks = repeat_ranks([part.part for part in parts])
    turns: list[list[Series]] = []
    for part in filter(lambda part: placed(part.frames), parts):
        turn = part.frames[0].orientation
        for alike in turns:
            if same_turn(turn, alike[0].frames[0].orientation):
                alike.append(part)
                break
        else:
            turns.append([part])
    longer = {
        part.part: names
        for alike in turns
        if len(alike) > 1
        for part, names in _longer_parts(alike)
    }
    for part, (phase, phases) in zip(parts, ranks):
        yield dataclasses.replace(
            part, phase=phase, phases=phases, longer_parts=longer.get(part.part, ())
        )


def _longer_parts(
    parts: list[Series],
) -> Iterator[tuple[Series, tuple[tuple[str, int], ...]]]:
    """Which of some parts of one orientation each lacks slices of, and their number."""
    stacks: dict[tuple, list[Series]] = {}  # most are where others are
    for part in parts:
        places = np.round(projections(part.frames), 1).tolist()
        stacks.setdefault(tuple(places), []).append(part)
    lacking = {
        (here, there): lacks(stacks[here][0].frames, stacks[there][0].frames)
        for here in stacks
        for there in stacks
        if here != there
    }
    for here, same in stacks.items():
        names = tuple(
            (other.part, len(other.frames))
            for there, others in stacks.items()
            if here != there and lacking[here, there]
            for other in others
        )
        yield from ((part, names) for part in same)


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
    if is_mosaic(frame):
        raise fault(
            series,
            "mosaic",
            f"a Siemens mosaic of {frame.rows} x {frame.columns} that can't be "
            "unpacked, for its header does not say, or says in contradiction, how many "
            "slices there are and where they lie (CSA header 0029,xx10)",
            "Export it with its private elements, which anonymisers may drop, and in "
            "its own matrix, or as single slices or enhanced MR",
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
    rows, columns = frame.stored_matrix
    needed = rows * columns * pixels.bits_allocated // 8 * frame.frames
    if pixels.compressed or pixels.offset is None or pixels.length_bytes >= needed:
        return
    raise fault(
        series,
        "truncated",
        f"a file is cut off: {pixels.length_bytes} of {needed} bytes of pixels",
        "Copy or export the file again",
    )
