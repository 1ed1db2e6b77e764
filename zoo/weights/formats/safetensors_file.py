"""The project's own file of weights: safetensors that say where they come from."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, numpy, safe_open

from pipelines.errors import DataError
from pipelines.storage import atomic_files

SUFFIX = ".zoo.safetensors"
_FORMAT = "mri-volume-zoo weights"
_VERSION = "1"


@dataclass(frozen=True, kw_only=True)
class Description:
    """Where weights come from.

    Args:
        architecture: whose layers they are.
        source: address or name of the file that was converted.
        licence: of that file; empty = not known.
        checksum: of that file's bytes.
    """

    architecture: str
    source: str
    licence: str
    checksum: str


def write(path: Path, arrays: dict[str, np.ndarray], description: Description) -> None:
    """Writes arrays by `<layer>/<weight>`, in single precision, whole or not at all."""
    single = {
        name: np.ascontiguousarray(array, "float32") for name, array in arrays.items()
    }
    metadata = {"format": _FORMAT, "format_version": _VERSION, **asdict(description)}
    with atomic_files.replacing(path) as aside:
        numpy.save_file(single, aside, metadata=metadata)


def read(path: Path) -> tuple[dict[str, np.ndarray], Description | None]:
    """The arrays of a safetensors file and, where it is one of ours, their origin.

    Raises:
        DataError: no such file, arrays of a kind that NumPy has not, or a file of ours
            of a later version.
    """
    try:
        with safe_open(path, framework="numpy") as opened:
            metadata = opened.metadata() or {}
            names = opened.keys()
            arrays = {name: opened.get_tensor(name) for name in names}
    except (SafetensorError, OSError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no safetensors file: {error}") from error
    single = {
        name: array.astype("float32") if array.dtype == np.float16 else array
        for name, array in arrays.items()
    }
    return single, _description(metadata, path)


def _description(metadata: dict[str, str], path: Path) -> Description | None:
    if metadata.get("format") != _FORMAT:
        return None
    version = metadata.get("format_version")
    if version != _VERSION:
        raise DataError(
            f"{path} is a weights file of version {version}, this package reads "
            f"version {_VERSION}. Convert the published file anew"
        )
    wanted = Description.__dataclass_fields__
    return Description(**{name: metadata.get(name, "") for name in wanted})
