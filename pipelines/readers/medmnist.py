"""MedMNIST3D files: small volumes with their labels and official split.

Yang et al., "MedMNIST v2", Scientific Data 10, 41 (2023).
"""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import SimpleITK as sitk

from pipelines.errors import DataError

_SPLITS = {"train": "train", "val": "validation", "test": "test"}


@dataclass(frozen=True, kw_only=True, eq=False)
class MedMnist:
    """All volumes of a file in its order: train, validation, test.

    Args:
        images: uint8 `[N, D, H, W]`.
        labels: int64 `[N]`.
        splits: of each volume, `"train"`, `"validation"` or `"test"`.
    """

    images: np.ndarray
    labels: np.ndarray
    splits: tuple[str, ...]


def read(path: str | os.PathLike) -> MedMnist:
    """Reads a MedMNIST3D `.npz`.

    Raises:
        DataError: the file does not exist, is no whole npz, or an array is missing or
            of another type or shape.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist") from error
    except (OSError, ValueError, EOFError, TypeError, BadZipFile, zlib.error) as error:
        raise DataError(f"{path} is no whole .npz file: {error}") from error
    images, labels, splits = [], [], []
    for prefix, split in _SPLITS.items():
        images.append(_images(path, arrays, f"{prefix}_images"))
        labels.append(_labels(path, arrays, f"{prefix}_labels", len(images[-1])))
        splits += [split] * len(images[-1])
    if len({part.shape[1:] for part in images}) != 1:
        raise DataError(
            f"{path}: all splits want volumes of one shape. "
            f"Received: {[part.shape for part in images]}"
        )
    return MedMnist(
        images=np.concatenate(images),
        labels=np.concatenate(labels),
        splits=tuple(splits),
    )


def image(volume: np.ndarray) -> sitk.Image:
    """A volume `[D, H, W]` as an image with 1 mm voxels along the LPS axes.

    Axial grids then keep its axes as they are: D to superior, H to posterior, W to
    the left. The file itself states no orientation.
    """
    return sitk.GetImageFromArray(volume)


def _array(path: Path, arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    if name not in arrays:
        raise DataError(
            f"{path} lacks {name}, so it is no MedMNIST file. "
            f"Received: {', '.join(sorted(arrays)) or 'no arrays'}"
        )
    return arrays[name]


def _images(path: Path, arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    images = _array(path, arrays, name)
    if images.ndim != 4 or images.dtype != np.uint8 or images.size == 0:
        raise DataError(
            f"{path}: {name} wants uint8 [N, D, H, W] (a file of MedMNIST3D). "
            f"Received: {images.dtype} {images.shape}"
        )
    return images


def _labels(
    path: Path, arrays: dict[str, np.ndarray], name: str, count: int
) -> np.ndarray:
    labels = _array(path, arrays, name)
    if labels.shape not in ((count,), (count, 1)) or labels.dtype.kind not in "iu":
        raise DataError(
            f"{path}: {name} wants one integer for each of {count} images. "
            f"Received: {labels.dtype} {labels.shape}"
        )
    return labels.reshape(count).astype(np.int64)
