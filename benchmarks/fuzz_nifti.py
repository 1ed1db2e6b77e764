"""Mutated NIfTI files, and what nibabel makes of the same files."""

import gzip
import random
import struct
from pathlib import Path

import fuzz_mutations as mutations
import nibabel
import numpy as np
import SimpleITK as sitk

from pipelines.errors import StudyError
from pipelines.readers import nifti

_HEADER_BYTES = 352
# Offset and form of what a header may lie about, and lies (NIfTI-1, nifti1.h).
_LIES = (
    (0, "i", (0, 347, 348, 540)),
    (40, "h", (0, 1, 2, 3, 4, 5, 7, 8, -1)),
    (42, "h", (0, 1, 6, 8, 32767, -1)),
    (46, "h", (0, 1, 5, 32767, -1)),
    (48, "h", (0, 1, 2, 3, -1)),
    (70, "h", (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 768, 1280, 9999)),
    (72, "h", (0, 8, 16, 32, 64)),
    (76, "f", (-1.0, 0.0, 1.0, float("nan"))),
    (80, "f", (0.0, -2.0, 1e9, float("nan"), float("inf"))),
    (108, "f", (0.0, 348.0, 352.0, 353.0, 1e6, -1.0, float("nan"))),
    (112, "f", (0.0, 1.0, 2.5, -1.0, 1e30, float("nan"), float("inf"))),
    (116, "f", (0.0, -100.0, 1e30, float("nan"))),
    (123, "b", (0, 1, 2, 3, 10, 16, 127)),
    (252, "h", (0, 1, 2, 4, -1, 99)),
    (254, "h", (0, 1, 2, 4, -1, 99)),
    (256, "f", (0.0, 0.5, 1.0, 2.0, float("nan"))),
    (268, "f", (0.0, 40.0, 1e30, float("nan"))),
    (280, "f", (0.0, 1.0, -3.0, float("nan"), float("inf"))),
    (344, "4s", (b"n+1\0", b"ni1\0", b"\0\0\0\0", b"n+2\0")),
)


class Subject:
    """Small files of several types.

    Args:
        folder: to work in; its own.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        draw = np.random.default_rng(0)
        affine = np.array(
            [[0, -3, 0, 40], [2, 0, 0, -50], [0, 0, 5, 7], [0, 0, 0, 1]], float
        )
        self._files = []
        for kind, shape in (
            (np.int16, (7, 6, 5)),
            (np.uint8, (7, 6, 5)),
            (np.float32, (7, 6, 5)),
            (np.uint16, (7, 6, 5, 3)),
            (np.int32, (7, 6, 5, 1, 1)),
        ):
            voxels = draw.integers(0, 200, shape).astype(kind)
            file = nibabel.Nifti1Image(voxels, affine)
            file.set_qform(affine, 1)
            self._files.append(file.to_bytes())

    def run(self, source: random.Random) -> tuple[str, str]:
        """One mutated file: what was done, and what came of it."""
        content, packed = source.choice(self._files), source.random() < 0.3
        mutate = source.choice(
            (_lied, _lied, _flipped, _cut, _doubled, _dropped, _swap)
        )
        inside = not packed or source.random() < 0.5
        other = source.choice(self._files)
        if inside:
            content = mutate(source, content, other)
        if packed:
            content = gzip.compress(content, mtime=0)
        if not inside:
            content = mutate(source, content, gzip.compress(other, mtime=0))
        path = self._folder / ("m.nii.gz" if packed else "m.nii")
        path.write_bytes(content)
        word = mutate.__name__.strip("_") + (" in gzip" if packed else "")
        return word, outcome(path)


def _lied(source: random.Random, content: bytes, _: bytes) -> bytes:
    offset, form, lies = source.choice(_LIES)
    value = struct.pack("<" + form, source.choice(lies))
    return content[:offset] + value + content[offset + len(value) :]


def _flipped(source: random.Random, content: bytes, _: bytes) -> bytes:
    return mutations.flipped(source, content, first=_HEADER_BYTES)


def _cut(source: random.Random, content: bytes, _: bytes) -> bytes:
    return mutations.truncated(source, content)


def _doubled(source: random.Random, content: bytes, _: bytes) -> bytes:
    return mutations.doubled(source, content)


def _dropped(source: random.Random, content: bytes, _: bytes) -> bytes:
    return mutations.dropped(source, content)


def _swap(source: random.Random, content: bytes, other: bytes) -> bytes:
    return mutations.swapped(source, content, other)


def outcome(path: Path) -> str:
    """What the readers make of a file: equal, rejected, or wrong."""
    try:
        frames = nifti.header(path).frames
        image = nifti.read_image(path, frame=frames - 1 if frames > 1 else None)
    except StudyError as error:
        return f"rejected: {error.code}"
    with np.errstate(all="ignore"):
        fault = difference(path, image, frames)
    return f"WRONG: {fault}" if fault else "equal"


def difference(path: Path, image: sitk.Image, frames: int) -> str:
    """How an image differs from what nibabel says of its file; "" = not at all."""
    file = nibabel.load(path)
    voxels = np.asanyarray(file.dataobj).reshape(*file.shape[:3], -1)[..., frames - 1]
    ours = sitk.GetArrayViewFromImage(image).T
    if ours.shape != voxels.shape:
        return f"shape {ours.shape}, nibabel's {voxels.shape}"
    if not np.allclose(ours, voxels.astype(np.float32), rtol=1e-6, equal_nan=False):
        return "other values than nibabel's"
    return _place_fault(file, image)


def _place_fault(file: nibabel.Nifti1Image, image: sitk.Image) -> str:
    """Corners of the volume, in RAS millimetres."""
    affine = file.affine
    unit = {"meter": 1000.0, "micron": 0.001}.get(file.header.get_xyzt_units()[0], 1.0)
    sizes = np.linalg.norm(affine[:3, :3], axis=0)
    if file.header["sform_code"] > 0 and np.allclose(sizes, 1, atol=1e-4):
        affine = affine @ np.diag([*np.abs(file.header["pixdim"][1:4]), 1])
    last = np.array(image.GetSize()) - 1
    for corner in np.ndindex(2, 2, 2):
        index = last * corner
        wanted = (affine @ [*index, 1])[:3] * unit
        point = image.TransformIndexToPhysicalPoint([int(n) for n in index])
        found = np.array(point) * (-1, -1, 1)
        near = 1e-3 * (1 + np.abs(wanted).max() + np.linalg.norm(wanted))
        if not np.linalg.norm(found - wanted) <= near:
            return f"voxel {index} at {found}, nibabel's at {wanted}"
    return ""
