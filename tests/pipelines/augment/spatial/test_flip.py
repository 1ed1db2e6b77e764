import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment.spatial.draw import mirrored
from pipelines.augment.spatial.flip import mirror
from pipelines.augment.spatial.settings import AXES, Spatial


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("chosen", range(8))
def test_every_combination_of_axes(channels, chosen):
    volume = np.random.default_rng(0).normal(size=(4, 3, 5, channels))
    axes = tuple(axis for axis in range(3) if chosen >> axis & 1)
    turned = tf.function(lambda which: mirror(tf.constant(volume), which, AXES))
    found = turned(tf.constant([axis in axes for axis in range(3)]))
    np.testing.assert_array_equal(found, np.flip(volume, axes) if axes else volume)


def test_each_axis_has_its_own_chance():
    drawn = [
        mirrored(tf.constant([seed, 1]), Spatial(flip=AXES)).numpy().tolist()
        for seed in range(200)
    ]
    assert {tuple(one) for one in drawn} == {
        tuple(bool(chosen >> axis & 1) for axis in range(3)) for chosen in range(8)
    }
    assert all(70 < count < 130 for count in np.sum(drawn, axis=0))


def test_only_the_named_axes_and_as_often_as_asked():
    settings = Spatial(flip=("width",), flip_chance=0.1)
    drawn = [mirrored(tf.constant([seed, 0]), settings).numpy() for seed in range(300)]
    depth, height, width = np.sum(drawn, axis=0)
    assert depth == height == 0
    assert 15 < width < 48
