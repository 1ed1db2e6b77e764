"""The zoo's augmentation, through its own functions in a `tf.data` pipeline."""

import sys
from importlib import metadata
from pathlib import Path

import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from peers.augment_worker import DIFFERENT, Augmenter, Order, main, volumes
from pipelines.augment import augmentation
from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity.settings import Intensity
from pipelines.augment.mixing import cutmix_mixup
from pipelines.augment.mixing.settings import Mixing
from pipelines.augment.spatial.settings import Spatial
from pipelines.batches.samples import Variation, varied

ENDLESS = 2**40
OPERATIONS = {
    "flip": Augmentation(spatial=Spatial(flip=("width",), flip_chance=1.0)),
    "rotation": Augmentation(spatial=Spatial(rotation_degrees=(15, 0, 0))),
    "rotation_3d": Augmentation(spatial=Spatial(rotation_degrees=(15, 15, 15))),
    "affine": Augmentation(
        spatial=Spatial(
            rotation_degrees=(15, 0, 0), scale=(0.9, 1.1), translation=(0, 0.1, 0.1)
        )
    ),
    "elastic": Augmentation(
        spatial=Spatial(elastic=(0.03, 0.03, 0.03), elastic_points=(4, 4, 4))
    ),
    "crop": Augmentation(spatial=Spatial(crop=(0.2, 0.6))),
    "brightness": Augmentation(intensity=Intensity(brightness_chance=1.0)),
    "contrast": Augmentation(intensity=Intensity(contrast_chance=1.0)),
    "gamma": Augmentation(intensity=Intensity(gamma_chance=1.0)),
    "bias_field": Augmentation(intensity=Intensity(bias_field_chance=1.0)),
    "blur": Augmentation(intensity=Intensity(blur_chance=1.0)),
    "sharpness": Augmentation(intensity=Intensity(sharpness_chance=1.0)),
    "gibbs": Augmentation(intensity=Intensity(gibbs_chance=1.0)),
    "noise": Augmentation(intensity=Intensity(noise_chance=1.0)),
    "rician": Augmentation(intensity=Intensity(rician_chance=1.0)),
    "cutmix": Augmentation(mixing=Mixing(cutmix=1.0)),
    "mixup": Augmentation(mixing=Mixing(mixup=1.0, mixup_alpha=1.0)),
    "prostate_sequences": augmentation.load("prostate_sequences"),
    "nash": augmentation.load("nash"),
}


def build(order: Order) -> Augmenter:
    """What `train_batches` does behind its cache, with `threads` calls at once."""
    tf.config.threading.set_intra_op_parallelism_threads(order.threads)
    tf.config.threading.set_inter_op_parallelism_threads(order.threads)
    asked = OPERATIONS[order.operation]
    variation = Variation(augmentation=asked)
    given = tf.constant(volumes(order.shape))
    rank = 2 if order.shape[0] == 1 else 3

    def sample(number):
        volume = given[number % DIFFERENT]
        element = {
            "volume": volume,
            "present": tf.ones(order.shape[-1:]),
            "spacing_mm": tf.ones([3]),
            "target": tf.zeros([1]),
            "covariates": tf.zeros([0]),
        }
        return varied(element, tf.stack([number, 0]), variation)

    def together(number, batch):
        return cutmix_mixup.mix(batch, tf.stack([number, 1]), asked.mixing, rank=rank)

    parallel = {"num_parallel_calls": order.threads, "deterministic": True}
    data = tf.data.Dataset.range(ENDLESS).map(sample, **parallel)
    data = data.batch(order.batch, drop_remainder=True)
    if asked.mixing.mixes:
        data = data.enumerate().map(together, **parallel)
    batches = iter(data.prefetch(2))
    return Augmenter(
        next_batch=lambda: float(next(batches)["volume"][0, 0, 0, 0, 0]),
        versions=f"tensorflow {metadata.version('tensorflow')}",
    )


if __name__ == "__main__":
    main(build)
