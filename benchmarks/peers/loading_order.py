"""Which volumes are to be loaded, and in which way.

Standard library and numpy alone: it is read in the environments of the peers.
"""

from dataclasses import dataclass
from pathlib import Path

from peers.augment_worker import Order

RECORDS, NIFTI = "records", "nifti"  # folders
CACHE, PERSISTENT = "CacheDataset", "PersistentDataset"
ONE = ", one torch thread"  # which loads; else each operation has all threads
WORKERS = " in workers"  # of a DataLoader, one torch thread each
PLAIN = ", plain tensors"  # that carry no metadata
OURS = {"from memory": CACHE, "cache off": PERSISTENT}  # what each stands beside
MONAI = tuple(
    f"{dataset}{ending}"
    for dataset in (CACHE, PERSISTENT)
    for ending in ("", ONE, f"{ONE}{PLAIN}", WORKERS, f"{WORKERS}{PLAIN}")
)


@dataclass(frozen=True, kw_only=True)
class LoadingOrder(Order):
    """Batches of normalised and flipped volumes; `operation` is the way.

    Args:
        directory: has the volumes as a data set in `RECORDS` and as files in `NIFTI`.
    """

    directory: str

    @property
    def files(self) -> list[str]:
        """All NIfTI files, in their order."""
        return sorted(map(str, (Path(self.directory) / NIFTI).iterdir()))
