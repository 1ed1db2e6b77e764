"""NIfTI files whose size is known before anybody believes their headers."""

import gzip
import math
import os
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pipelines.ingestion.study_fault import NO_ROOM
from pipelines.readers import nifti_sidecars
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError
from zoo.serving.page.zip_files import Room, copy

_GZIP = b"\x1f\x8b"
_HEADER = 348  # bytes of NIfTI-1, and where NIfTI-2 says its own number
_HEADER_2 = 540


def unpacked(path: Path, folder: Path, limits: PageLimits, room: Room) -> Path:
    """The file without gzip, as `.nii`, its voxels no more than it can hold.

    Args:
        path: as it came, by any name.
        folder: that takes what is unpacked.
        room: of the whole upload.

    Raises:
        UploadError: damaged gzip, more than the bounds allow, or a header that
            promises more than the file has.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    target = folder / f"{path.name}.nii"
    if packed:
        _gunzip(path, target, limits, room)
        path.unlink()
    else:
        path.rename(target)
    _check_size(target)
    return target


def bring_sidecars(name: str, names: Mapping[str, Path]) -> None:
    """Lays what came beside an image (.bval, .bvec) beside it where it now is.

    Args:
        name: of the image, as its owner calls it.
        names: every file of the upload by that name; the image is unpacked.
    """
    for own, path in zip(nifti_sidecars.paths(name), nifti_sidecars.paths(names[name])):
        if own in names:
            os.link(names[own], path)


def _gunzip(path: Path, target: Path, limits: PageLimits, room: Room) -> None:
    try:
        with gzip.open(path) as packed, target.open("wb") as file:
            copy(packed, file, limits, room)
    except (OSError, EOFError, zlib.error) as error:
        if getattr(error, "errno", None) in NO_ROOM:
            raise
        raise UploadError(
            "unreadable",
            "a .nii.gz file is truncated or damaged. Copy or convert it anew",
        ) from error


def _check_size(path: Path) -> None:
    """Holds what a header promises against the file: nobody reserves memory for a lie.

    A file that is no NIfTI passes, for the reader says so in its own words.

    Raises:
        UploadError: it promises more.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_2)
    dim, bits = _dim_and_bits(header)
    if dim is None:
        return
    axes = int(dim[0])
    sizes = [int(size) for size in dim[1 : 1 + axes]] if 0 < axes < 8 else []
    if any(size < 0 for size in sizes) or (
        math.prod(sizes) * max(int(bits), 0) // 8 > path.stat().st_size
    ):
        raise UploadError(
            "unreadable",
            "a NIfTI file holds less than its header says: it is truncated or damaged. "
            "Copy or convert it anew",
        )


def _dim_and_bits(header: bytes) -> tuple[np.ndarray | None, int]:
    """`dim` `[8]` and `bitpix`, of NIfTI-1 or -2 in either order of bytes."""
    for order in "<>":
        size = int(np.frombuffer(header[:4], f"{order}i4")[0]) if header[3:] else 0
        if size == _HEADER and len(header) >= _HEADER:
            dim = np.frombuffer(header, f"{order}i2", 8, offset=40)
            return dim, int(np.frombuffer(header, f"{order}i2", 1, offset=72)[0])
        if size == _HEADER_2 and len(header) >= _HEADER_2:
            dim = np.frombuffer(header, f"{order}i8", 8, offset=16)
            return dim, int(np.frombuffer(header, f"{order}i2", 1, offset=14)[0])
    return None, 0
