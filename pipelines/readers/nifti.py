"""NIfTI files as SimpleITK images in LPS millimetres, by nibabel."""

import gzip
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import nibabel
import numpy as np
import SimpleITK as sitk
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError

from pipelines.errors import StudyError
from pipelines.readers.dicom.geometry import plane

_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0])
_MILLIMETRES = {"unknown": 1.0, "mm": 1.0, "meter": 1000.0, "micron": 0.001}
_SHEAR_TOLERANCE = 1e-3  # largest cosine between axes; stored float32 reaches 1e-6
_THICKER = 1.1  # an axis this much coarser than the others is the slice axis
_BROKEN = (OSError, EOFError, zlib.error, ImageFileError, HeaderDataError, ValueError)


@dataclass(frozen=True, kw_only=True)
class NiftiHeader:
    """What a NIfTI header says of its geometry; no voxel is read for it.

    Args:
        shape: voxels along the file's first three axes (i, j, k).
        spacing_mm: distance of voxel centres along the same axes.
        plane: axial, sagittal, coronal or oblique, by the slice axis.
        centre_mm: of the volume, LPS.
        frames: 1 for a 3-D file.
        slice_axis: 0, 1 or 2: what `dim_info` says, else the axis that is clearly
            the coarsest, else k.
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    plane: str
    centre_mm: tuple[float, float, float]
    frames: int
    slice_axis: int

    @property
    def slices(self) -> int:
        """Number of acquired slices."""
        return self.shape[self.slice_axis]

    @property
    def matrix(self) -> tuple[int, int]:
        """Rows, columns of a slice; columns run along the earlier axis."""
        columns, rows = (n for a, n in enumerate(self.shape) if a != self.slice_axis)
        return rows, columns


@dataclass(frozen=True, kw_only=True, eq=False)
class _Geometry:
    """First voxel's centre, spacing `[3]` and direction `[3, 3]` in LPS mm."""

    origin_mm: np.ndarray
    spacing_mm: np.ndarray
    direction: np.ndarray


def header(path: str | os.PathLike) -> NiftiHeader:
    """Reads shape, spacing and plane.

    Raises:
        StudyError: as `read_image`, but for what only voxels or a frame can show.
    """
    file = _open(path)
    geometry = _geometry(file, path)
    axis = _slice_axis(file, geometry.spacing_mm)
    columns, rows = np.delete(geometry.direction, axis, axis=1).T
    shape = tuple(int(n) for n in file.shape[:3])
    half_mm = geometry.spacing_mm * (np.array(shape) - 1) / 2
    centre_mm = geometry.origin_mm + geometry.direction @ half_mm
    return NiftiHeader(
        shape=shape,
        spacing_mm=tuple(float(s) for s in geometry.spacing_mm),
        plane=plane((*columns, *rows)),
        centre_mm=tuple(float(mm) for mm in centre_mm),
        frames=_frames(file),
        slice_axis=axis,
    )


def read_image(path: str | os.PathLike, *, frame: int | None = None) -> sitk.Image:
    """Reads a 3-D file, or one frame of a 4-D one.

    Voxels keep an integer type (int16, int32) where the file scales nothing
    (`scl_slope` and `scl_inter`), else they are float32. The sform gives the
    geometry where it is coded, else the qform. An sform whose columns all have
    length 1 while `pixdim` says otherwise holds directions only (many converted files
    are so): `pixdim` then gives the spacing.

    Args:
        frame: from 0; needed for more than one frame.

    Raises:
        StudyError: missing_file, unreadable (empty, truncated, damaged, not NIfTI),
            not_a_volume, unsupported_voxels, no_orientation, unknown_unit,
            bad_affine, sheared_affine, frame_needed, no_such_frame, nan_voxels.
    """
    file = _open(path)
    frames = _frames(file)
    check_frame(frame, frames, path)
    geometry = _geometry(file, path)
    first = frame or 0
    voxels = _voxels(file, path, range(first, first + 1))
    return _image(voxels[..., 0], geometry)


def check_frame(frame: int | None, frames: int, path: str | os.PathLike) -> None:
    """Holds the frame that is asked for against how many the file has.

    Raises:
        StudyError: frame_needed, no_such_frame.
    """
    if frame is None and frames > 1:
        raise StudyError(
            code="frame_needed",
            problem=f"a NIfTI file has {frames} frames and no frame was named",
            cure="Name one, from 0: in the frame column of the table, or as "
            "FILE#frame=0 on the command line. Where a .bval file lies beside it, its "
            "b-value names it too: b=800 in that column, or FILE#b=800",
            private=str(path),
        )
    if frame is not None and not 0 <= frame < frames:
        raise StudyError(
            code="no_such_frame",
            problem=f"a NIfTI file has {frames} frame(s). Received: frame {frame}",
            cure=f"Frames run from 0 to {frames - 1}",
            private=str(path),
        )


def read_frames(
    path: str | os.PathLike, frames: Sequence[int] | None = None
) -> list[sitk.Image]:
    """Reads several frames at once, in one type of voxels. Raises as `read_image`.

    Args:
        frames: ascending, from 0; none = every frame, of a 3-D file one.
    """
    file = _open(path)
    chosen = range(_frames(file)) if frames is None else frames
    for frame in chosen:
        check_frame(frame, _frames(file), path)
    geometry = _geometry(file, path)
    voxels = _voxels(file, path, chosen)
    return [_image(voxels[..., place], geometry) for place in range(len(chosen))]


def _unreadable(path: str | os.PathLike, error: Exception) -> StudyError:
    return StudyError(
        code="unreadable",
        problem="a NIfTI file is empty, truncated, damaged or not NIfTI",
        cure="Copy or convert the file anew",
        private=f"{path}: {error}",
    )


def _open(path: str | os.PathLike) -> nibabel.Nifti1Pair:
    try:
        file = nibabel.load(path, mmap=False)
    except FileNotFoundError as error:
        raise StudyError(
            code="missing_file",
            problem="a NIfTI file does not exist",
            cure="Correct the path, or restore the file",
            private=str(path),
        ) from error
    except _BROKEN as error:
        raise _unreadable(path, error) from error
    if not isinstance(file, nibabel.Nifti1Pair):
        raise _unreadable(path, TypeError(f"the file is {type(file).__name__}"))
    if len(file.shape) < 3 or 0 in file.shape or any(n != 1 for n in file.shape[4:]):
        raise StudyError(
            code="not_a_volume",
            problem="a NIfTI file holds no scalar volume. "
            f"Received: shape {file.shape}",
            cure="Give files of shape (i, j, k) or (i, j, k, frames)",
            private=str(path),
        )
    if file.get_data_dtype().kind not in "iuf":
        raise StudyError(
            code="unsupported_voxels",
            problem="the voxels of a NIfTI file are no real numbers. "
            f"Received: {file.get_data_dtype()}",
            cure="Give magnitude images, not complex or colour ones",
            private=str(path),
        )
    return file


def _frames(file: nibabel.Nifti1Pair) -> int:
    return int(file.shape[3]) if len(file.shape) > 3 else 1


def _voxels(
    file: nibabel.Nifti1Pair, path: str | os.PathLike, frames: Sequence[int]
) -> np.ndarray:
    """Voxels `[i, j, k, frames]`, after the file's scaling, checked to be finite.

    Args:
        frames: ascending. What lies between the first and the last is read in one go.
    """
    several = len(file.shape) > 3
    span = slice(frames[0], frames[-1] + 1)
    index = (..., span, *(0 for _ in file.shape[4:])) if several else ...
    try:
        voxels = np.asanyarray(file.dataobj[index])
        if str(path).endswith(".gz"):
            _verify(path)
    except _BROKEN as error:
        raise _unreadable(path, error) from error
    voxels = voxels if several else voxels[..., np.newaxis]
    if len(frames) < voxels.shape[3]:
        voxels = voxels[..., np.array(frames) - frames[0]]
    voxels = _storable(voxels)
    broken = voxels.size - int(np.count_nonzero(np.isfinite(voxels)))
    if broken:
        raise StudyError(
            code="nan_voxels",
            problem=f"{broken} of {voxels.size} voxels are NaN or infinite",
            cure="Convert the file anew, or replace these voxels by the background's "
            "value",
            private=str(path),
        )
    return voxels


def _verify(path: str | os.PathLike) -> None:
    """Reads on to the checksum, which nibabel never reaches."""
    with gzip.open(path) as file:
        while file.read(1 << 20):
            pass


def _storable(voxels: np.ndarray) -> np.ndarray:
    """The narrowest of int16, int32 and float32 that holds the type's values."""
    if voxels.dtype.kind == "f":
        with np.errstate(over="ignore"):
            return voxels.astype(np.float32)
    if np.can_cast(voxels.dtype, np.int16):
        return voxels.astype(np.int16)
    limits = np.iinfo(np.int32)
    if voxels.min() >= limits.min and voxels.max() <= limits.max:
        return voxels.astype(np.int32)
    return voxels.astype(np.float32)


def _image(voxels: np.ndarray, geometry: _Geometry) -> sitk.Image:
    image = sitk.GetImageFromArray(np.ascontiguousarray(voxels.T))
    image.SetOrigin(geometry.origin_mm.tolist())
    image.SetSpacing(geometry.spacing_mm.tolist())
    image.SetDirection(geometry.direction.ravel().tolist())
    return image


def _slice_axis(file: nibabel.Nifti1Pair, spacing_mm: np.ndarray) -> int:
    stated = file.header.get_dim_info()[2]
    if stated is not None:
        return int(stated)
    coarsest = int(np.argmax(spacing_mm))
    others = np.delete(spacing_mm, coarsest)
    return coarsest if spacing_mm[coarsest] > _THICKER * others.max() else 2


def _ras_affine(file: nibabel.Nifti1Pair, path: str | os.PathLike) -> np.ndarray:
    """The coded affine `[4, 4]`, voxel (i, j, k, 1) -> RAS in the file's unit."""
    sform, code = file.header.get_sform(coded=True)
    if code:
        sizes = np.linalg.norm(sform[:3, :3], axis=0)
        pixdim = np.abs(np.asarray(file.header.get_zooms()[:3], np.float64))
        if np.allclose(sizes, 1, atol=1e-4) and np.all(pixdim > 0):
            sform[:3, :3] *= pixdim
        return sform
    qform, code = file.header.get_qform(coded=True)
    if not code:
        raise StudyError(
            code="no_orientation",
            problem="a NIfTI file states no orientation: neither sform nor qform is "
            "coded, so left can't be told from right",
            cure="Convert it anew from DICOM, or set the sform where it is known",
            private=str(path),
        )
    return qform


def _unit_mm(file: nibabel.Nifti1Pair, path: str | os.PathLike) -> float:
    """What the file counts lengths in; one that states no unit means millimetres."""
    code = int(file.header["xyzt_units"])
    try:
        return _MILLIMETRES[file.header.get_xyzt_units()[0]]
    except KeyError as error:
        raise StudyError(
            code="unknown_unit",
            problem="a NIfTI file counts lengths or times in a unit that there is not. "
            f"Received: xyzt_units {code}",
            cure="Set it to 2 (millimetres), or convert the file anew",
            private=str(path),
        ) from error


def _geometry(file: nibabel.Nifti1Pair, path: str | os.PathLike) -> _Geometry:
    affine = _ras_affine(file, path)
    millimetres = _unit_mm(file, path)
    finite = bool(np.all(np.isfinite(affine)))
    linear = _RAS_TO_LPS @ affine[:3, :3] * millimetres if finite else np.zeros((3, 3))
    origin = _RAS_TO_LPS @ affine[:3, 3] * millimetres if finite else np.zeros(3)
    spacing = np.linalg.norm(linear, axis=0)
    if not finite or min(spacing) <= 0:
        raise StudyError(
            code="bad_affine",
            problem="the affine of a NIfTI file is singular or not finite",
            cure="Convert the file anew",
            private=str(path),
        )
    direction = linear / spacing
    shear = float(np.max(np.abs(direction.T @ direction - np.eye(3))))
    if shear > _SHEAR_TOLERANCE:
        raise StudyError(
            code="sheared_affine",
            problem="the affine of a NIfTI file is sheared, its axes are not "
            f"perpendicular. Received: a cosine of {shear:.4f} between two of them",
            cure="Resample the file to perpendicular axes, or take it from before a "
            "12-parameter registration",
            private=str(path),
        )
    left, _, right = np.linalg.svd(direction)  # the nearest orthonormal matrix
    return _Geometry(origin_mm=origin, spacing_mm=spacing, direction=left @ right)
