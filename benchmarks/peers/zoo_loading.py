"""The zoo's loading: `train_batches` with z-score and flips along all axes."""

import sys
from importlib import metadata
from pathlib import Path

import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from peers.augment_worker import Augmenter, main
from peers.loading_order import RECORDS, LoadingOrder
from pipelines.augment.augmentation import Augmentation
from pipelines.augment.spatial.settings import AXES, Spatial
from pipelines.batches.dataset import train_batches
from pipelines.batches.samples import Variation
from pipelines.batches.settings import BatchSettings
from pipelines.records.directory import open_dataset


def build(order: LoadingOrder) -> Augmenter:
    """`order.operation` says whether volumes stay in memory."""
    tf.config.threading.set_intra_op_parallelism_threads(order.threads)
    tf.config.threading.set_inter_op_parallelism_threads(order.threads)
    data = open_dataset(Path(order.directory) / RECORDS)
    batches = iter(
        train_batches(
            data,
            BatchSettings(normalisation="zscore", batch_size=order.batch),
            variation=Variation(augmentation=Augmentation(spatial=Spatial(flip=AXES))),
            seed=0,
            cache_bytes={"from memory": None, "cache off": 0}[order.operation],
        )
    )
    return Augmenter(
        next_batch=lambda: float(next(batches)["volume"][0, 0, 0, 0, 0]),
        versions=f"tensorflow {metadata.version('tensorflow')}",
    )


if __name__ == "__main__":
    main(build, LoadingOrder)
