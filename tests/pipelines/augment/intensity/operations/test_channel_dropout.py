import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment.intensity.apply import vary
from pipelines.augment.intensity.settings import Intensity
from pipelines.errors import UsageError
from tests.pipelines.augment.pictures import SEED, often, volume


def dropped(values, present, chance, seed):
    settings = Intensity(channel_dropout_chance=chance)
    there = tf.constant(present, tf.float32)
    found, left = vary(
        tf.constant(values), there, tf.constant([seed, 0]), settings.operations
    )
    return found.numpy(), left.numpy()


def test_what_goes_missing_is_zero_and_not_present():
    values = volume()
    for seed in range(20):
        found, left = dropped(values, (1, 1, 1), 0.5, seed)
        np.testing.assert_array_equal(found, values * left)


def test_each_goes_missing_with_its_chance():
    settings = Intensity(channel_dropout_chance=0.2)
    _, left = often(volume(shape=(1, 1, 2, 3)), settings, 2000)
    np.testing.assert_allclose(1 - left.mean(0), 0.2, atol=0.04)


def test_one_always_stays_and_none_comes_back():
    values = volume() * np.array([1, 0, 1], np.float32)
    seen = set()
    for seed in range(20):
        found, left = dropped(values, (1, 0, 1), 1.0, seed)
        assert left.sum() == 1 and left[1] == 0
        assert found[..., left > 0].any()
        seen.add(int(left.argmax()))
    assert seen == {0, 2}


def test_one_sequence_can_not_go_missing():
    with pytest.raises(UsageError, match="one alone.* Received: .*_chance=0.5"):
        vary(
            tf.zeros([2, 2, 2, 1]),
            tf.ones([1]),
            tf.constant(SEED),
            Intensity(channel_dropout_chance=0.5).operations,
        )
