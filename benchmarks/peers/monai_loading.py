"""MONAI's loading (Apache-2.0): its caching data sets behind its two data loaders."""

from importlib import metadata
from pathlib import Path

import torch
from monai import transforms as t
from monai.data import (
    CacheDataset,
    DataLoader,
    Dataset,
    PersistentDataset,
    ThreadDataLoader,
    set_track_meta,
)

from peers.augment_worker import Augmenter, main
from peers.loading_order import CACHE, ONE, PLAIN, WORKERS, LoadingOrder

ENDLESS = 2**40
KEY = "image"


def transform() -> t.Compose:
    """Read, z-score of what is not 0, mirror along each axis by chance."""
    return t.Compose(
        [
            t.LoadImaged(KEY),
            t.EnsureChannelFirstd(KEY, channel_dim="no_channel"),
            t.NormalizeIntensityd(KEY, nonzero=True),
            *(t.RandFlipd(KEY, prob=0.5, spatial_axis=axis) for axis in range(3)),
        ]
    )


def data_set(order: LoadingOrder, folder: Path) -> Dataset:
    """Volumes after what is not random, in memory or in files of torch."""
    files = [{KEY: path} for path in order.files]
    if order.operation.startswith(CACHE):
        return CacheDataset(files, transform(), progress=False)
    return PersistentDataset(files, transform(), cache_dir=folder)


def build(order: LoadingOrder) -> Augmenter:
    """`order.operation`, whose name ends with how it is run.

    One sampler goes through permutation after permutation: an epoch's end, at which
    torch's loaders run dry, never comes.
    """
    in_workers = WORKERS in order.operation
    alone = in_workers or ONE in order.operation
    torch.set_num_threads(1 if alone else order.threads)
    set_track_meta(not order.operation.endswith(PLAIN))
    volumes = data_set(order, Path(order.directory) / order.operation)
    options = {
        "batch_size": order.batch,
        "sampler": torch.utils.data.RandomSampler(volumes, num_samples=ENDLESS),
    }
    if in_workers:
        loader = DataLoader(volumes, num_workers=order.threads, **options)
    else:
        loader = ThreadDataLoader(volumes, num_workers=0, **options)
    batches = iter(loader)

    def next_batch() -> float:
        plain = next(batches)[KEY].as_subclass(torch.Tensor)  # indexing copies metadata
        return float(plain[0, 0, 0, 0, 0])

    return Augmenter(
        next_batch=next_batch,
        versions=f"monai {metadata.version('monai')}, torch {torch.__version__}",
    )


if __name__ == "__main__":
    main(build, LoadingOrder)
