import keras
import numpy as np
import pytest
from keras import ops

from zoo.weights.stem import adapt


def kernel(rank=2):
    shape = (3,) * rank + (3, 4)
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def convolved(image, weights):
    """Convolution of `[H, W]`, repeated on all channels of `weights`, zero-padded."""
    channels = weights.shape[-2]
    x = np.repeat(image[None, ..., None], channels, axis=-1)
    layer = keras.layers.Conv2D(weights.shape[-1], 3, padding="same", use_bias=False)
    layer.build(x.shape)
    layer.set_weights([weights])
    return ops.convert_to_numpy(layer(x))


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 7])
def test_a_grey_image_gives_what_it_gave_on_three_channels(channels):
    image = np.random.default_rng(1).normal(size=(9, 8)).astype("float32")
    adapted = adapt(kernel(), channels=channels, order="bgr")
    np.testing.assert_allclose(
        convolved(image, adapted), convolved(image, kernel()), rtol=1e-4, atol=1e-5
    )


def test_three_channels_come_as_red_green_blue():
    for order, expected in (("rgb", [0, 1, 2]), ("bgr", [2, 1, 0])):
        found = adapt(kernel(), channels=3, order=order)
        np.testing.assert_array_equal(found, kernel()[:, :, expected])


def test_rank_3():
    assert adapt(kernel(3), channels=2, order="rgb").shape == (3, 3, 3, 2, 4)


def test_a_kernel_over_other_channels():
    with pytest.raises(ValueError, match="3 input channels. Received: shape"):
        adapt(np.zeros((3, 3, 4, 8)), channels=3, order="rgb")
