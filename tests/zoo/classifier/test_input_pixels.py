import numpy as np
import pytest
from keras import ops

from pipelines.errors import UsageError
from zoo.architectures.architecture import InputConvention
from zoo.classifier.input_pixels import pixels

CAFFE = InputConvention(scale=255.0, mean=(104.0, 117.0, 123.0), order="bgr")
TORCH = InputConvention(mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225))


def mapped(x, convention=CAFFE, **arguments):
    layer = pixels(convention, channels=x.shape[-1], **arguments)
    return ops.convert_to_numpy(layer(x))


@pytest.mark.parametrize("normalisation", ["percentile", "equalise"])
def test_0_to_1_are_pixels_in_the_recipes_order(normalisation):
    x = np.array([[[[0.0, 0.5, 1.0]]]], "float32")
    red, green, blue = mapped(x, normalisation=normalisation).ravel()
    assert (red, green, blue) == pytest.approx((0 - 123, 127.5 - 117, 255 - 104))


def test_zscore_has_its_mean_on_the_mean_pixel():
    x = np.array([[[[0.0, 1.0, -2.0]]]], "float32")
    found = mapped(x, normalisation="zscore").ravel()
    np.testing.assert_allclose(found, [0, 57.63, -115.26], rtol=1e-5)


def test_deviation_of_the_convention():
    x = np.array([[[[0.5, 0.5, 0.5]]]], "float32")
    found = mapped(x, TORCH, normalisation="percentile").ravel()
    expected = (0.5 - np.array(TORCH.mean)) / TORCH.deviation
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    one = mapped(np.ones((1, 1, 1, 3), "float32"), TORCH, normalisation="zscore")
    np.testing.assert_allclose(one.ravel(), [1, 1, 1], rtol=0.02)


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_other_numbers_of_channels_share_the_mean(channels):
    x = np.ones((1, 1, 1, channels), "float32")
    found = mapped(x, normalisation="percentile").ravel()
    np.testing.assert_allclose(found, 255 - (104 + 117 + 123) / 3, rtol=1e-6)


def test_an_unknown_range():
    with pytest.raises(UsageError, match="normalisation = 'none'. Choose percentile"):
        pixels(CAFFE, channels=1, normalisation="none")
