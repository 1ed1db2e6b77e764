import math

import keras
import numpy as np
import pytest

from zoo.architectures import alexnet

# fc6, fc7 and 1000 classes on 6 x 6 x 256.
HEAD = 9216 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000


def test_as_many_weights_as_torchvisions():
    """torchvision 0.28: `AlexNet_Weights.IMAGENET1K_V1.meta["num_params"]`."""
    model = alexnet.build((224, 224, 3), 2, 0)
    assert model.output.shape == (None, 6, 6, 256)
    assert model.count_params() + HEAD == 61_100_840


@pytest.mark.parametrize(
    ("size", "after"),
    [
        (224, (55, 27, 13, 6)),
        (128, (31, 15, 7, 3)),
        (95, (23, 11, 5, 2)),
        (94, (22, 10, 4, 1)),
        (63, (15, 7, 3, 1)),
    ],
)
def test_sizes_round_down(size, after):
    model = alexnet.build((size, size + 1, 2), 2, 0)
    layers = ("convolution1", "pooling1", "pooling2", "pooling5")
    found = tuple(model.get_layer(name).output.shape[1] for name in layers)
    assert found == after


def test_smaller_cannot_be_pooled():
    with pytest.raises(ValueError, match="output size would be zero or negative"):
        alexnet.build((62, 63, 1), 2, 0)


def test_a_short_volume():
    model = alexnet.build((64, 128, 128, 1), 3, 0)
    assert model.output.shape == (None, 1, 3, 3, 256)
    kernels = {
        layer.name: tuple(layer.kernel.shape[:3])
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv3D)
    }
    edges = [11, 5, 3, 3, 3]
    assert kernels == {f"convolution{n}": (k,) * 3 for n, k in enumerate(edges, 1)}


@pytest.mark.parametrize("rank", [2, 3])
def test_odd_unequal_sizes_give_finite_numbers(rank):
    shape = (63, 70, 81)[:rank]
    x = np.random.default_rng(0).normal(size=(1, *shape, 2)).astype("float32")
    found = alexnet.build((*shape, 2), rank, 0).predict_on_batch(x)
    assert found.shape[1:] == (1,) * rank + (256,)
    assert np.isfinite(found).all() and found.max() > 0


def test_a_voxel_reaches_the_windows_that_hold_it():
    """Two zeros before the first window of 11, and a stride of 4."""
    model = alexnet.build((63, 63, 1), 2, 0)
    first = keras.Model(model.input, model.get_layer("convolution1").output)
    x = np.zeros((1, 63, 63, 1), "float32")
    x[0, 8, 9] = 1
    reached = np.argwhere(first.predict_on_batch(x)[0].max(-1) > 0)
    # Window i covers the voxels 4 i - 2 to 4 i + 8.
    assert reached.min(0).tolist() == [0, 1]
    assert reached.max(0).tolist() == [2, 2]


def test_names_stay():
    builds = [alexnet.build((63, 63, c), 2, c) for c in (1, 2)]
    names = [[layer.name for layer in model.layers] for model in builds]
    assert names[0] == names[1]
    assert math.prod(builds[0].get_layer("convolution5").kernel.shape) == 9 * 256 * 256
