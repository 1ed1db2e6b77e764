import numpy as np
import pytest

from pipelines.errors import DataError
from zoo.weights.layouts import caffe as caffe_layout


def test_a_dense_layer_sees_the_same_map_in_keras_order():
    generator = np.random.default_rng(0)
    channels_first = generator.normal(size=(128, 4, 3))
    kernel = generator.normal(size=(128 * 4 * 3, 5))
    found = caffe_layout.to_zoo({"loss1_fc/kernel": kernel}, "inception")
    keras_map = channels_first.transpose(1, 2, 0)
    np.testing.assert_allclose(
        keras_map.reshape(-1) @ found["loss1_fc/kernel"],
        channels_first.reshape(-1) @ kernel,
    )


def test_other_weights_stay():
    arrays = {"loss3_classifier/kernel": np.ones((1024, 1000))}
    assert caffe_layout.to_zoo(arrays, "inception") == arrays


def test_another_architecture():
    with pytest.raises(DataError, match="resnet18 have no names in Caffe.*inception"):
        caffe_layout.to_zoo({}, "resnet18")
