import keras
import numpy as np
import pytest
from keras import ops

from zoo.architectures import inception
from zoo.architectures.architecture import InputConvention
from zoo.classifier import input_pixels
from zoo.weights import input_channels

CAFFE = InputConvention(scale=255.0, mean=(104.0, 117.0, 123.0), order="bgr")
TORCH = InputConvention(mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225))


def kernel(rank=2):
    shape = (3,) * rank + (3, 4)
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def convolved(grey, published, channels, normalisation):
    """What the adapted stem makes of `[H, W]` repeated on all channels."""
    x = np.repeat(grey[None, ..., None], channels, axis=-1)
    pixels = input_pixels.pixels(
        published, channels=channels, normalisation=normalisation
    )
    weights = input_channels.adapt(kernel(), channels=channels, convention=published)
    layer = keras.layers.Conv2D(weights.shape[-1], 3, padding="same", use_bias=False)
    layer.build(x.shape)
    layer.set_weights([weights])
    return ops.convert_to_numpy(layer(pixels(x)))[0]


@pytest.mark.parametrize("channels", [1, 2, 4, 7])
@pytest.mark.parametrize("published", [CAFFE, TORCH])
def test_grey_z_scores_give_what_they_gave_on_three_channels(channels, published):
    grey = np.random.default_rng(1).normal(size=(9, 8)).astype("float32")
    found = convolved(grey, published, channels, "zscore")
    expected = convolved(grey, published, 3, "zscore")
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("published", [CAFFE, TORCH])
def test_grey_pixels_differ_by_what_no_image_changes(published):
    """The shared mean stands for the colours' own: the docstring of `adapt`."""
    mean, deviation = np.array(published.mean), np.array(published.deviation)
    by_colour = kernel().sum(axis=(0, 1))
    offset = ((mean - mean.mean()) / deviation) @ by_colour
    for seed in (1, 2):
        grey = np.random.default_rng(seed).uniform(size=(9, 8)).astype("float32")
        found = convolved(grey, published, 2, "percentile")
        expected = convolved(grey, published, 3, "percentile")
        inside = (found - expected)[1:-1, 1:-1]
        np.testing.assert_allclose(
            inside, np.broadcast_to(offset, inside.shape), rtol=1e-3, atol=1e-3
        )
        assert np.abs(offset).max() < 0.2 * np.abs(expected).max()


def test_three_channels_come_as_red_green_blue():
    for published, expected in ((TORCH, [0, 1, 2]), (CAFFE, [2, 1, 0])):
        found = input_channels.adapt(kernel(), channels=3, convention=published)
        np.testing.assert_array_equal(found, kernel()[:, :, expected])


def test_rank_3():
    found = input_channels.adapt(kernel(3), channels=2, convention=TORCH)
    assert found.shape == (3, 3, 3, 2, 4) and found.dtype == "float32"


def test_a_kernel_over_other_channels():
    with pytest.raises(ValueError, match="3 input channels. Received: shape"):
        input_channels.adapt(np.zeros((3, 3, 4, 8)), channels=3, convention=TORCH)


def test_the_layer_that_meets_the_channels():
    assert (
        input_channels.layer_name(inception.build((32, 32, 1), 2, 0)) == "conv1_7x7_s2"
    )
