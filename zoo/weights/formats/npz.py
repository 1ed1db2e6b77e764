"""Reads NumPy's archives of arrays."""

import zipfile
from pathlib import Path

import numpy as np

from pipelines.errors import DataError


def read(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file; half precision becomes single.

    Raises:
        DataError: no such archive, or one of Python objects, which are never loaded.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: _single(archive[name]) for name in archive.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no .npz file of arrays: {error}") from error


def _single(array: np.ndarray) -> np.ndarray:
    return array.astype("float32") if array.dtype == np.float16 else array
