from dataclasses import fields

import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment.intensity.apply import vary
from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import SEED, often, varied, volume

CHANCES = [one.name for one in fields(Intensity) if one.default == 0.0]
EVERYTHING = Intensity(**{name: 0.6 for name in CHANCES})


def test_nothing_asked_for_is_the_same_volume():
    values = volume()
    np.testing.assert_array_equal(varied(values, Intensity()), values)


@pytest.mark.parametrize("name", CHANCES)
def test_each_change_changes_what_it_happens_to(name):
    values = volume()
    settings = Intensity(**{name: 0.5})
    changed = [(varied(values, settings, (s, 0)) != values).any() for s in range(12)]
    assert 0 < sum(changed) < 12


@pytest.mark.parametrize("name", CHANCES)
def test_absent_and_constant_channels_stay_zero(name):
    values = volume()
    values[..., [0, 2]] = 0
    settings = Intensity(**{name: 1.0})
    found = varied(values, settings, present=(0, 1, 1))
    assert not found[..., [0, 2]].any()
    assert np.isfinite(found).all()


def test_a_change_happens_as_often_as_its_chance_says():
    values = volume(shape=(1, 2, 2, 1))
    found, _ = often(values, Intensity(brightness_chance=0.3), 2000)
    assert abs(np.mean((found != values).any((1, 2, 3, 4))) - 0.3) < 0.05


def test_turning_one_on_leaves_the_draws_of_the_others():
    values = volume()
    alone = varied(values, Intensity(brightness_chance=1.0))
    with_gamma = Intensity(
        brightness_chance=1.0, gamma_chance=1.0, gamma_exponent=(1.0, 1.0)
    )
    np.testing.assert_allclose(varied(values, with_gamma), alone, atol=1e-5)


def test_the_seed_alone_decides_eagerly_and_in_a_data_set():
    values = volume()
    there = tf.ones([3])
    seeds = tf.stack([tf.constant(SEED), tf.constant([4, 4])])
    data = tf.data.Dataset.from_tensor_slices(seeds).map(
        lambda seed: vary(tf.constant(values), there, seed, EVERYTHING.operations)
    )
    found = [volume for volume, _ in data]
    for seed, mapped in zip(seeds, found, strict=True):
        assert mapped.shape == values.shape
        np.testing.assert_allclose(
            mapped, varied(values, EVERYTHING, seed), rtol=1e-5, atol=1e-5
        )
    assert not np.allclose(found[0], found[1])


def test_the_number_of_slices_may_be_unknown():
    values = volume()
    traced = tf.function(
        lambda slices: vary(
            slices, tf.ones([3]), tf.constant(SEED), EVERYTHING.operations
        )[0],
        input_signature=[tf.TensorSpec([None, *values.shape[1:]])],
    )
    np.testing.assert_allclose(
        traced(values), varied(values, EVERYTHING), rtol=1e-5, atol=1e-5
    )
