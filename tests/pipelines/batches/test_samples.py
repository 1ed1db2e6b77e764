from functools import partial

import numpy as np
import tensorflow as tf

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity.settings import Intensity
from pipelines.augment.spatial.settings import AXES, Spatial
from pipelines.batches.samples import Variation, normalised, stored, varied
from pipelines.batches.slices import Slices
from pipelines.covariates.encoding import NO_COVARIATES
from pipelines.records.encode import encode
from tests.pipelines.records.small import sample, task


def test_mirroring_the_depth_turns_slices_and_their_neighbours():
    """Every place is drawn, so what is seen is the volume from either end."""
    volume = np.arange(5 * 2 * 3 * 2, dtype=np.float32).reshape(5, 2, 3, 2)
    variation = Variation(
        augmentation=Augmentation(spatial=Spatial(flip=("depth",))),
        slices=Slices(train=5, adjacent=3),
    )

    def seen(x):
        places = [[max(i - 1, 0), i, min(i + 1, 4)] for i in range(5)]
        return np.stack([np.concatenate(list(x[p]), axis=-1) for p in places])

    found = {False: 0, True: 0}
    for seed in range(20):
        element = {
            "volume": tf.constant(volume),
            "present": tf.ones([2]),
            "spacing_mm": tf.ones([3]),
        }
        result = varied(element, tf.constant([seed, 0]), variation)["volume"].numpy()
        assert result.shape == (5, 2, 3, 6)
        mirrored = not np.array_equal(result, seen(volume))
        np.testing.assert_array_equal(
            result, seen(volume[::-1] if mirrored else volume)
        )
        found[mirrored] += 1
    assert min(found.values()) > 3


def test_a_mask_follows_and_is_that_of_the_middle_slices():
    volume = np.random.default_rng(0).normal(size=(6, 4, 4, 1)).astype(np.float32)
    mask = (volume[..., 0] > 0).astype(np.uint8)
    variation = Variation(
        augmentation=Augmentation(spatial=Spatial(flip=AXES)),
        slices=Slices(train=3, adjacent=3, policy="block"),
    )
    for seed in range(6):
        element = {
            "volume": tf.constant(volume),
            "mask": tf.constant(mask),
            "present": tf.ones([1]),
            "spacing_mm": tf.ones([3]),
            "target": tf.constant([1.0]),
        }
        found = varied(element, tf.constant([seed, 0]), variation)
        assert found.keys() == {"volume", "mask", "present", "target"}
        middle = found["volume"][..., 1].numpy()
        np.testing.assert_array_equal(found["mask"], middle > 0)


def test_neighbours_are_changed_as_the_slices_that_they_are():
    """Intensities change before neighbours become channels."""
    volume = np.random.default_rng(0).normal(size=(5, 4, 4, 2)).astype(np.float32)
    element = {
        "volume": tf.constant(volume),
        "present": tf.ones([2]),
        "spacing_mm": tf.ones([3]),
    }
    shift = Intensity(brightness_chance=1.0, channel_dropout_chance=1.0)
    slices = Slices(train=4, adjacent=3)
    variation = Variation(augmentation=Augmentation(intensity=shift), slices=slices)
    plain = varied(element, tf.constant([3, 0]), Variation(slices=slices))
    found = varied(element, tf.constant([3, 0]), variation)
    kept = found["present"].numpy()
    assert sorted(kept) == [0, 1]
    change = (found["volume"] - plain["volume"]).numpy()[..., np.tile(kept, 3) > 0]
    np.testing.assert_allclose(change, change[0, 0, 0, 0], atol=1e-5)
    assert not found["volume"].numpy()[..., np.tile(kept, 3) == 0].any()


def test_a_stored_sample_is_varied_as_its_normalised_volume():
    """Whether codes are moved and then normalised, or the other way round."""
    records = [encode(sample(seed), task()).record for seed in range(3)]
    turned = Augmentation(spatial=Spatial(flip=AXES, rotation_degrees=(9, 0, 0)))
    for augmentation in (Augmentation(spatial=Spatial(flip=AXES)), turned):
        for slices in (None, Slices(train=2, adjacent=3)):
            variation = Variation(augmentation=augmentation, slices=slices)
            for number, record in enumerate(records):
                seed = tf.constant([number, 7])
                for kind in ("zscore", "equalise"):
                    of = partial(
                        call, kind=kind, record=record, seed=seed, variation=variation
                    )
                    np.testing.assert_array_equal(of(stored), of(normalised))


def call(prepare, kind, record, seed, variation):
    make = prepare(task(), (1, 0), kind, NO_COVARIATES, require_target=True)
    element = make(tf.constant(record))
    stored_for = kind if prepare is stored else None
    result = varied(element, seed, variation, stored_for)
    assert {"target", "covariates", "sample_id"} < result.keys()
    assert not {"intensities", "spacing_mm"} & result.keys()
    return result["volume"].numpy()
