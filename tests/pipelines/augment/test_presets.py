import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment import augmentation
from pipelines.augment.augmentation import NONE
from pipelines.augment.mixing import cutmix_mixup
from pipelines.batches.samples import Variation, varied
from pipelines.batches.slices import Slices

STUDIES = {
    "glioma_transfer": set(),
    "glioma_voting": set(),
    "liver_fibrosis": set(),
    "none": set(),
    "prostate_sequences": {"rotation", "noise", "perspective", "translation"},
    "nash": {
        *("crop", "scale", "rotation", "hue", "saturation", "value", "brightness"),
        *("contrast", "sharpness", "noise", "cutmix"),
    },
}


def kinds(preset):
    """What a preset turns on, by name."""
    chances = vars(preset.intensity).items()
    intensity = {
        name.removesuffix("_chance")
        for name, chance in chances
        if name.endswith("_chance") and chance > 0
    }
    space = {kind for kind, acts in preset.spatial.acting.items() if acts}
    mixing = {k for k in ("cutmix", "mixup") if getattr(preset.mixing, k) > 0}
    return intensity | space | mixing


def test_a_preset_has_what_its_study_names_and_nothing_else():
    found = {name: kinds(augmentation.load(name)) for name in augmentation.shipped()}
    assert found == STUDIES
    assert augmentation.load("glioma_voting") == NONE


@pytest.mark.parametrize("name, slices", [("nash", 1), ("prostate_sequences", 0)])
def test_a_preset_works_on_volumes_and_slices(name, slices):
    preset = augmentation.load(name)
    drawn = Slices(train=slices) if slices else None
    variation = Variation(augmentation=preset, slices=drawn)
    volumes = np.random.default_rng(0).normal(size=(8, 6, 16, 16, 3))
    seeds = [[number, 0] for number in range(8)]

    @tf.autograph.experimental.do_not_convert
    def prepared(volume, seed):
        sample = {
            "volume": volume,
            "present": tf.ones([3]),
            "spacing_mm": tf.ones([3]),
            "target": tf.zeros([1]),
            "covariates": tf.zeros([0]),
        }
        return varied(sample, seed, variation)

    data = tf.data.Dataset.from_tensor_slices((volumes.astype(np.float32), seeds))
    batch = next(iter(data.map(prepared).batch(8)))
    rank = 2 if slices else 3
    mixed = cutmix_mixup.mix(batch, tf.constant([0, 1]), preset.mixing, rank=rank)
    assert mixed["volume"].shape == (8, slices or 6, 16, 16, 3)
    assert np.isfinite(mixed["volume"]).all()
    assert bool((mixed["share"] < 1).numpy().any()) == (name == "nash")
