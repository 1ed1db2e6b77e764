"""The stored values of a series: its files are read straight into one array."""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.readers.dicom.geometry import COPY_AGAIN, fault, truncated
from pipelines.readers.dicom.headers import Frame, Pixels, Series
from pipelines.readers.dicom.mosaic import tile
from pipelines.readers.dicom.pixels import (
    is_last,
    read_stored,
    stored_kind,
    without_unused_bits,
)
from pipelines.readers.dicom.pydicom_reader import decoded


def stored_values(series: Series) -> Sequence[np.ndarray]:
    """Values as they are stored, before rescaling.

    Args:
        series: of frames of one matrix.

    Returns:
        Per frame `[rows, columns]`; where all frames store alike, as one array.

    Raises:
        StudyError: unreadable, truncated, undecodable_pixels or unsupported_syntax.
    """
    frames = series.frames
    ways = {_way(frame) for frame in frames}
    if len(ways) > 1 or frames[0].tile or not _is_plain(frames[0].pixels):
        return [
            stored
            for path, group in itertools.groupby(frames, key=lambda f: f.path)
            for stored in _of_file(series, path, tuple(group))
        ]
    matrix = frames[0].rows, frames[0].columns
    values = np.empty((len(frames), *matrix), stored_kind(frames[0].pixels))
    _read(series, frames, values)
    return without_unused_bits(values, frames[0].pixels)


def _way(frame: Frame) -> tuple:
    pixels = frame.pixels
    kind = stored_kind(pixels), pixels.bits_stored
    return _is_plain(pixels), frame.tile is None, *kind


def _is_plain(pixels: Pixels) -> bool:
    """Whether the values lie in the file as they are."""
    return bool(pixels.little_endian and not pixels.compressed and pixels.offset)


def _of_file(
    series: Series, path: str, frames: tuple[Frame, ...]
) -> Iterator[np.ndarray]:
    """Values of frames of one file."""
    pixels = frames[0].pixels
    if frames[0].tile:
        rows, columns = frames[0].stored_matrix
        whole = dataclasses.replace(frames[0], rows=rows, columns=columns, tile=None)
        (mosaic,) = _of_file(series, path, (whole,))
        yield from (tile(mosaic, frame) for frame in frames)
        return
    if not _is_plain(pixels):
        yield from decoded(series, path, frames)
        return
    values = np.empty(
        (len(frames), frames[0].rows, frames[0].columns), stored_kind(pixels)
    )
    _read(series, frames, values)
    yield from without_unused_bits(values, pixels)


def _read(series: Series, frames: tuple[Frame, ...], values: np.ndarray) -> None:
    """Fills `values` `[frames, rows, columns]` from the files of plain frames."""
    planes = iter(values)
    try:
        for path, group in itertools.groupby(frames, key=lambda f: f.path):
            with open(path, "rb", buffering=0) as file:
                for frame in group:
                    if not read_stored(file, frame, next(planes)):
                        raise truncated(series)
                if not is_last(file, frame.pixels):
                    raise fault(
                        series,
                        "unreadable",
                        "a file has elements behind its pixels that belong before them",
                        COPY_AGAIN,
                    )
    except OSError as error:
        raise fault(
            series, "unreadable", "a file is gone or can't be read", COPY_AGAIN
        ) from error
