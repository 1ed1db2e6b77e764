import numpy as np
import pytest
from keras import ops

from zoo.architectures import inception

CLASSIFIER_WEIGHTS = 1024 * 1000 + 1000


def test_as_many_weights_as_the_caffe_model():
    model = inception.build((224, 224, 3), 2, 0)
    assert model.count_params() + CLASSIFIER_WEIGHTS == 6_998_552


@pytest.mark.parametrize(
    ("size", "after"),
    [(224, (112, 56, 28, 14, 7)), (96, (48, 24, 12, 6, 3)), (75, (38, 19, 9, 4, 2))],
)
def test_sizes_are_caffes(size, after):
    """Pooling rounds up: out = ceil((in - 3) / 2) + 1."""
    model = inception.build((size, size, 1), 2, 0)
    layers = (
        "conv1_7x7_s2",
        "pool1_3x3_s2",
        "pool2_3x3_s2",
        "pool3_3x3_s2",
        "pool4_3x3_s2",
    )
    found = tuple(model.get_layer(name).output.shape[1] for name in layers)
    assert found == after
    assert model.output.shape == (None, after[-1], after[-1], 1024)


def test_what_the_auxiliary_heads_look_at():
    model = inception.build((96, 96, 1), 2, 0)
    shapes = [
        model.get_layer(f"inception_{m}_output").output.shape for m in ["4a", "4d"]
    ]
    assert shapes == [(None, 6, 6, 512), (None, 6, 6, 528)]


def test_odd_and_unequal_sides():
    x = np.random.default_rng(0).normal(size=(1, 33, 66, 2)).astype("float32")
    found = inception.build((33, 66, 2), 2, 0).predict_on_batch(x)
    assert found.shape == (1, 1, 2, 1024)
    assert np.isfinite(found).all() and found.max() > 0


def test_rank_3():
    model = inception.build((32, 43, 65, 1), 3, 0)
    assert model.output.shape == (None, 1, 1, 2, 1024)
    x = np.random.default_rng(0).normal(size=(1, 32, 43, 65, 1)).astype("float32")
    found = ops.convert_to_numpy(model(x))
    assert np.isfinite(found).all() and found.max() > 0
    assert model.get_layer("inception_3a_5x5").kernel.shape == (5, 5, 5, 16, 32)
