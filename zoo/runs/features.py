"""features.npz of a run: what its network made of every sample, before the head."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.storage import atomic_files


@dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """The pooled features of N samples; of a network of slices those of the volume.

    Args:
        sample_id: pseudonyms, N.
        split: of each sample, N.
        features: before dropout and head, float32 `[N, F]`.
    """

    sample_id: tuple[str, ...]
    split: tuple[str, ...]
    features: np.ndarray

    def __post_init__(self):
        sizes = (len(self.sample_id), len(self.split), len(self.features))
        if len({*sizes}) > 1 or self.features.ndim != 2:
            raise ValueError(
                "features are [N, F] with a sample_id and a split for each of N. "
                f"Received: {self.features.shape} with {sizes[0]} and {sizes[1]}"
            )


def write(path: str | Path, features: Features) -> None:
    """Writes the arrays `sample_id`, `split` and `features`, whole or not at all."""
    with atomic_files.replacing(path) as aside:
        np.savez(
            aside,
            sample_id=np.array(features.sample_id, np.str_),
            split=np.array(features.split, np.str_),
            features=features.features.astype(np.float32, copy=False),
        )


def read(path: str | Path) -> Features:
    """What `write` wrote; pseudonyms of runs of before as written today.

    Raises:
        DataError: no such file, or one of another kind.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Features(
                sample_id=tuple(map(with_letter, arrays["sample_id"].tolist())),
                split=tuple(arrays["split"].tolist()),
                features=arrays["features"],
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} holds no features of a run ({error}). Make it with `python -m "
            "zoo.evaluate RUN --data DATASET`"
        ) from error
