import functools
import math

import keras
import numpy as np
import pytest

from zoo.architectures import resnet

# Trainable weights with 1000 classes: torchvision 0.28's `meta["num_params"]` of
# ResNet18/34/50_Weights; timm 1.0.29's seresnet50 and seresnext50_32x4d, counted.
PUBLISHED = {
    resnet.build_18: 11_689_512,
    resnet.build_34: 21_797_672,
    resnet.build_50: 25_557_032,
    resnet.build_se_50: 28_088_024,
    resnet.build_se_next_50: 27_559_896,
}


each_network = pytest.mark.parametrize("build", PUBLISHED)


@functools.cache
def plane(build):
    """Of odd, unequal sizes; built once, for building is what takes the time here."""
    return build((33, 47, 3), 2, 0)


def trainable(model):
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def sizes(model):
    """What every layer puts out, by name; the input aside."""
    return {layer.name: layer.output.shape[1:] for layer in model.layers[1:]}


def kernels(model):
    """Shape of every kernel by the name of its layer."""
    return {
        layer.name: tuple(layer.kernel.shape)
        for layer in model.layers
        if hasattr(layer, "kernel")
    }


@each_network
def test_as_many_weights_as_published(build):
    model = plane(build)
    head = (model.output.shape[-1] + 1) * 1000
    assert trainable(model) + head == PUBLISHED[build]


@each_network
def test_odd_sizes_round_up(build):
    channels = 512 if build in (resnet.build_18, resnet.build_34) else 2048
    assert plane(build).output.shape == (None, 2, 2, channels)


@pytest.mark.parametrize("build", [resnet.build_18, resnet.build_se_next_50])
def test_names_and_weights_come_out_the_same_again(build):
    model, again = plane(build), build((33, 47, 3), 2, 0)
    assert [layer.name for layer in again.layers] == [x.name for x in model.layers]
    pairs = zip(model.get_weights(), again.get_weights())
    assert all(np.array_equal(*pair) for pair in pairs)


def test_the_bottlenecks_stride_is_in_its_3x3():
    found = sizes(plane(resnet.build_50))
    assert found["stage1_block1_shortcut_convolution"] == (9, 12, 256)
    assert found["stage2_block1_1_convolution"] == (9, 12, 128)
    assert found["stage2_block1_2_convolution"] == (5, 6, 128)
    assert found["stage2_block1_output"] == (5, 6, 512)


def test_groups_and_squeeze_and_excitation():
    model = plane(resnet.build_se_next_50)
    found = kernels(model)
    assert found["stage1_block1_1_convolution"] == (1, 1, 64, 128)
    assert found["stage1_block1_2_convolution"] == (32, 9 * 4, 4)
    assert found["stage4_block3_2_convolution"] == (32, 9 * 32, 32)
    assert found["stage4_block3_squeeze"] == (2048, 128)
    assert found["stage4_block3_excitation"] == (128, 2048)
    assert sizes(model)["stage4_block3_gated"] == (2, 2, 2048)


@pytest.mark.parametrize(
    "build",
    [
        resnet.build_se_next_50,
        pytest.param(resnet.build_50, marks=pytest.mark.slow),
        pytest.param(resnet.build_se_50, marks=pytest.mark.slow),
    ],
)
def test_rank_3_has_the_same_layers_and_deeper_kernels(build):
    """A grouped kernel holds its window in its middle axis."""
    flat = kernels(plane(build))
    deep = build((8, 9, 40, 3), 3, 0)
    assert deep.output.shape == (None, 2, 2, 2, 2048)
    assert kernels(deep).keys() == flat.keys()
    for name, shape in kernels(deep).items():
        before = flat[name]
        if len(before) == 2:
            assert shape == before
        elif len(before) == 3:
            assert shape == (before[0], 3 * before[1], before[2])
        else:
            assert shape == (before[0], *before)


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
    ("edges", "places"),
    [
        ((8,), ["stage3", "stage4"]),
        ((9, 16), ["stage2", "stage3", "stage4"]),
        ((17, 28, 32), ["stem", "stage2", "stage3", "stage4"]),
        ((33, 64, 224), ["pool", "stem", "stage2", "stage3", "stage4"]),
    ],
)
def test_an_axis_is_halved_while_two_voxels_are_left(edges, places):
    for size in edges:
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
def test_where_it_halves(spatial, stem, first_stage, last):
    model = resnet.build_18((*spatial, 1), len(spatial), 0)
    places = ("stem_convolution", "stage1_block2_output", "stage4_block2_output")
    found = [model.get_layer(name).output.shape[1:-1] for name in places]
    assert found == [stem, first_stage, last]


def test_the_shape_of_the_volume_changes_no_weight():
    thin, wide = resnet.build_18((10, 40, 3), 2, 0), plane(resnet.build_18)
    assert [w.shape for w in thin.weights] == [w.shape for w in wide.weights]


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
