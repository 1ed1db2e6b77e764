"""medicai's augmentation (Apache-2.0) in a `tf.data` pipeline."""

from importlib import metadata

import tensorflow as tf
from medicai.transforms import (
    Compose,
    RandomFlip,
    RandomRotate,
    RandomShiftIntensity,
    TensorBundle,
)

from peers.augment_worker import DIFFERENT, Augmenter, Order, main, volumes

RADIANS = 0.2618  # 15 degrees
KEYS = ["image"]
ENDLESS = 2**40
OPERATIONS = {
    "flip": [RandomFlip(keys=KEYS, prob=1.0, spatial_axis=2)],
    "rotation": [RandomRotate(keys=KEYS, factor=RADIANS, prob=1.0)],
    "brightness": [RandomShiftIntensity(keys=KEYS, offset=0.2, prob=1.0)],
    "prostate_sequences": [RandomRotate(keys=KEYS, factor=RADIANS, prob=0.5)],
}


def build(order: Order) -> Augmenter:
    """As the zoo's: `threads` calls at once."""
    tf.config.threading.set_intra_op_parallelism_threads(order.threads)
    tf.config.threading.set_inter_op_parallelism_threads(order.threads)
    transform = Compose(OPERATIONS[order.operation])
    given = tf.constant(volumes(order.shape))

    def sample(number):
        return transform(TensorBundle({"image": given[number % DIFFERENT]}))["image"]

    data = tf.data.Dataset.range(ENDLESS)
    data = data.map(sample, num_parallel_calls=order.threads, deterministic=True)
    batches = iter(data.batch(order.batch, drop_remainder=True).prefetch(2))
    versions = (
        f"medicai {metadata.version('medicai')}, "
        f"tensorflow {metadata.version('tensorflow')}"
    )
    return Augmenter(
        next_batch=lambda: float(next(batches)[0, 0, 0, 0, 0]),
        versions=versions,
    )


if __name__ == "__main__":
    main(build)
