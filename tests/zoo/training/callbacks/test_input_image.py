import numpy as np
import pytest
import tensorflow as tf

from zoo.training.callbacks.input_image import InputImage

VOLUMES = np.random.default_rng(0).normal(size=(6, 3, 5, 4, 2)).astype("float32")


def batches(named):
    volume = tf.data.Dataset.from_tensor_slices(VOLUMES)
    inputs = volume.map(lambda one: {"volume": one} if named else one)
    targets = tf.data.Dataset.range(6)
    return tf.data.Dataset.zip((inputs, targets)).batch(3)


@pytest.mark.parametrize("named", [False, True])
def test_batches_pass_as_they_are_and_the_first_is_kept(named):
    input_image = InputImage()
    assert input_image.image() is None
    passed = list(input_image.watch(batches(named)))
    found = [inputs["volume"] if named else inputs for inputs, _ in passed]
    np.testing.assert_array_equal(np.concatenate(found), VOLUMES)
    assert [int(n) for _, target in passed for n in target] == list(range(6))
    picture = input_image.image()
    assert picture.shape == (3 * 5, 2 * 4)
    for sample in range(3):
        for channel in range(2):
            tile = picture[5 * sample : 5 * sample + 5, 4 * channel : 4 * channel + 4]
            middle = VOLUMES[sample, 1, :, :, channel]
            assert (tile.min(), tile.max()) == (0, 255)
            assert np.corrcoef(tile.ravel(), middle.ravel())[0, 1] > 0.9999


def test_after_a_reset_another_batch_is_kept():
    input_image = InputImage()
    stream = iter(input_image.watch(batches(False)))
    next(stream)
    first = input_image.image()
    input_image.reset()
    next(stream)
    assert not np.array_equal(input_image.image(), first)


def test_a_missing_channel_is_black():
    input_image = InputImage()
    nothing = tf.data.Dataset.from_tensors((tf.zeros([1, 2, 3, 3, 1]), 0))
    list(input_image.watch(nothing))
    assert not input_image.image().any()
