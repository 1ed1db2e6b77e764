import keras

from tests.zoo.catalogue.small import NETWORK, network
from zoo.catalogue import page
from zoo.catalogue.description import describe


def shown(architecture=NETWORK, width=80):
    return page.text(describe(architecture), width=width)


def test_one_line_a_layer():
    lines = [line.split() for line in shown().splitlines()]
    assert lines[0] == ["LAYER", "OUTPUT", "PARAMETERS", "MULTIPLY-ADDS", "KIND"]
    assert lines[2] == ["first", "8x6x4", "112", "5,184", "Conv2D"]
    assert lines[4] == ["normalised", "8x6x4", "16", "0", "BatchNormalization"]


def test_what_to_know():
    words = " ".join(shown().split())
    assert "applied to slices" in words
    assert "input 8x6x3" in words
    assert "at least 4 along height and width of a slice" in words
    assert "blue, green, red: values from 0 to 255 minus (104, 117, 123)" in words
    assert "feature map 8x6x2" in words
    assert "parameters 138, of them 130 trainable" in words
    assert "multiply-adds 5,568 for one input" in words
    assert "auxiliary first, 8x6x4: an auxiliary head" in words
    assert "head dense layers of 5, 7 units" in words
    assert "weights none published" in words
    assert "citation Small et al., Nowhere, 2020" in words


def test_no_line_is_too_long():
    text = shown(network(name="inception"), width=60)
    broken = [line for line in text.splitlines() if "http" not in line]
    assert max(map(len, broken)) <= 60
    assert "googlenet_bvlc_keras_layout_fp32.npz (by hand), unrestricted" in " ".join(
        text.split()
    )


def test_accuracy_and_who_says_so():
    words = " ".join(shown(network(name="resnet18")).split())
    assert "BSD-3-Clause, top-1 69.758 % (torchvision's documentation" in words


def test_inflated():
    found = shown(network(name="resnet3d18", inflates="resnet18"))
    assert "weights        ImageNet's of resnet18, inflated" in found


def test_what_is_not_counted_is_said():
    def build(input_shape, rank, seed):
        inputs = keras.Input(input_shape)
        frames = keras.ops.expand_dims(inputs, 1)
        return keras.Model(inputs, keras.layers.ConvLSTM2D(2, 1, name="memory")(frames))

    found = shown(network(build=build, auxiliary=(), imagenet=None))
    assert "not counted    those of memory" in found
