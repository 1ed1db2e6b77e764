import math

import keras
import numpy as np
import pytest

from zoo.architectures import resnet


def trainable(model):
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def test_as_many_weights_as_the_layout_of_the_paper():
    model = resnet.build_18((64, 64, 3), 2, 0)
    assert trainable(model) + 512 * 1000 + 1000 == 11_689_512


def test_as_many_weights_at_rank_3():
    """Every kernel gains one factor of its size: 7 the stem, 3 the blocks, 1 else."""
    stem, shortcuts = 7**3 * 3 * 64, 64 * 128 + 128 * 256 + 256 * 512
    blocks = 4 * 64 * 64
    for before, after in ((64, 128), (128, 256), (256, 512)):
        blocks += before * after + 3 * after * after
    normalisations = 2 * (5 * 64 + 5 * 128 + 5 * 256 + 5 * 512)
    model = resnet.build_18((16, 16, 16, 3), 3, 0)
    assert trainable(model) == stem + 27 * blocks + shortcuts + normalisations


def halvings(size):
    return [place for place, (s,) in resnet.strides((size,)).items() if s == 2]


@pytest.mark.parametrize(
    ("sizes", "places"),
    [
        ((8,), ["stage3", "stage4"]),
        ((9, 16), ["stage2", "stage3", "stage4"]),
        ((17, 28, 32), ["stem", "stage2", "stage3", "stage4"]),
        ((33, 64, 224), ["pool", "stem", "stage2", "stage3", "stage4"]),
    ],
)
def test_an_axis_is_halved_while_two_voxels_are_left(sizes, places):
    for size in sizes:
        assert halvings(size) == places
        assert math.ceil(size / 2 ** len(places)) >= 2


@pytest.mark.parametrize(
    ("spatial", "stem", "first_stage", "last"),
    [
        ((64, 128, 128), (32, 64, 64), (16, 32, 32), (2, 4, 4)),
        ((28, 28, 28), (14, 14, 14), (14, 14, 14), (2, 2, 2)),
        ((12, 128, 96), (12, 64, 48), (12, 32, 24), (2, 4, 3)),
        ((224, 224), (112, 112), (56, 56), (7, 7)),
    ],
)
def test_sizes(spatial, stem, first_stage, last):
    model = resnet.build_18((*spatial, 1), len(spatial), 0)
    places = ("stem_convolution", "stage1_block2_output", "stage4_block2_output")
    found = [model.get_layer(name).output.shape[1:-1] for name in places]
    assert found == [stem, first_stage, last]


def test_the_shape_of_the_volume_changes_no_weight():
    thin = resnet.build_18((10, 40, 40, 1), 3, 0)
    cube = resnet.build_18((40, 40, 40, 1), 3, 0)
    assert [w.shape for w in thin.weights] == [w.shape for w in cube.weights]


def test_a_block_adds_its_input():
    """With its last normalisation at 0 a block without shortcut layer is a ReLU."""
    model = resnet.build_18((16, 16, 1), 2, 0)
    model.get_layer("stage1_block1_2_normalisation").gamma.assign(np.zeros(64))
    before_after = keras.Model(
        model.input,
        [
            model.get_layer("stem_relu").output,
            model.get_layer("stage1_block1_output").output,
        ],
    )
    x = np.random.default_rng(0).normal(size=(1, 16, 16, 1)).astype("float32")
    before, after = before_after.predict_on_batch(x)
    assert before.max() > 0
    np.testing.assert_array_equal(after, before)
