import keras
import numpy as np
import pytest
from keras import ops

from zoo.architectures import cnn3d


def test_three_convolutions_three_poolings():
    model = cnn3d.build((16, 24, 17, 2), 3, 0)
    kinds = [type(layer) for layer in model.layers]
    assert kinds.count(keras.layers.Conv3D) == 3
    assert kinds.count(keras.layers.MaxPooling3D) == 3
    assert model.output.shape == (None, 2, 3, 2, 128)


def test_weights():
    model = cnn3d.build((8, 8, 8, 1), 3, 0)
    kernels = 27 * (1 * 32 + 32 * 64 + 64 * 128)
    assert model.count_params() == kernels + 4 * (32 + 64 + 128)


@pytest.mark.parametrize("rank", [2, 3])
def test_either_rank(rank):
    model = cnn3d.build((8, 9, 15)[:rank] + (1,), rank, 0)
    assert model.output.shape == (None, *(1,) * rank, 128)
    x = np.random.default_rng(0).normal(size=(2, *model.input.shape[1:]))
    found = ops.convert_to_numpy(model(x))
    assert np.isfinite(found).all() and found.max() > 0
