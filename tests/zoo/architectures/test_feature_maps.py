import keras
import pytest
from keras import layers

from zoo.architectures import resnet
from zoo.architectures.feature_maps import feature_map_names


def network(*stages):
    """A chain of layers, or of functions from tensor to tensor."""
    x = inputs = keras.Input((16, 24, 1), name="pixels")
    for stage in stages:
        x = stage(x)
    return keras.Model(inputs, x)


def convolution(name, **settings):
    return layers.Conv2D(2, 3, padding="same", name=name, **settings)


def sizes(backbone):
    """Height of each named map."""
    named = feature_map_names(backbone)
    return [backbone.get_layer(name).output.shape[1] for name in named]


def test_the_last_map_before_each_reduction_and_the_last_of_all():
    backbone = network(
        convolution("full"),
        convolution("half", strides=2),
        layers.ReLU(name="half_relu"),
        layers.MaxPooling2D(name="quarter"),
        layers.ReLU(name="quarter_relu"),
    )
    assert feature_map_names(backbone) == ("half_relu", "quarter_relu")
    assert sizes(backbone) == [8, 4]


def test_a_map_beside_another_path_does_not_count():
    def residual(x):
        inner = convolution("inner", strides=2)(x)
        inner = layers.ReLU(name="inner_relu")(inner)
        bypass = convolution("bypass", strides=2)(x)
        return layers.Add(name="sum")([inner, bypass])

    backbone = network(convolution("half", strides=2), residual)
    assert feature_map_names(backbone) == ("half", "sum")


def test_padding_and_windows_without_it_are_no_reduction():
    backbone = network(
        convolution("half", strides=2),
        layers.Conv2D(2, 3, name="valid"),
        layers.ZeroPadding2D(1, name="padding"),
        layers.MaxPooling2D(name="quarter"),
    )
    assert feature_map_names(backbone) == ("valid", "quarter")


def test_a_stride_within_a_nested_model_counts_and_its_layer_does_not():
    inner_input = keras.Input((16, 24, 2))
    inner = keras.Model(
        inner_input, convolution("inner", strides=2)(inner_input), name="nested"
    )
    backbone = network(convolution("full"), inner, layers.ReLU(name="last"))
    assert feature_map_names(backbone) == ("last",)
    assert sizes(backbone) == [8]


def test_a_network_that_reduces_nothing_has_its_last_map():
    backbone = network(convolution("full"), layers.ReLU(name="last"))
    assert feature_map_names(backbone) == ("last",)


@pytest.mark.parametrize("spatial", [(64, 64), (12, 64, 64)])
def test_the_whole_residual_network_has_five(spatial):
    backbone = resnet.build_18((*spatial, 1), len(spatial), 0)
    assert feature_map_names(backbone) == (
        "stem_relu",
        "stage1_block2_output",
        "stage2_block2_output",
        "stage3_block2_output",
        "stage4_block2_output",
    )
