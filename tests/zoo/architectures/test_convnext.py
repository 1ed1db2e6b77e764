import math

import keras
import numpy as np
import pytest

from zoo.architectures import convnext

# Liu et al. (2022) print 28.6 M; torchvision's ConvNeXt_Tiny_Weights 28,589,128.
PUBLISHED = 28_589_128


@pytest.fixture(scope="module")
def tiny():
    return convnext.build_tiny((64, 45, 2), 2, 1)


def test_as_many_weights_as_published(tiny):
    rgb_stem_and_classifier = 4 * 4 * 1 * 96 + 768 * 1000 + 1000
    total = sum(math.prod(weight.shape) for weight in tiny.weights)
    assert total + rgb_stem_and_classifier == PUBLISHED


def test_the_map_is_a_32nd_rounded_down(tiny):
    assert tiny.output.shape == (None, 2, 1, 768)


@pytest.mark.slow
def test_the_seed_decides_the_weights(tiny):
    again = convnext.build_tiny((64, 45, 2), 2, 1)
    assert all(map(np.array_equal, tiny.get_weights(), again.get_weights()))
    assert [x.name for x in again.layers] == [x.name for x in tiny.layers]


def test_weights_start_as_in_the_paper(tiny):
    kernels = [
        keras.ops.convert_to_numpy(tiny.get_layer(f"stage_2_block_{i}_{name}").kernel)
        for i, name in ((0, "depthwise_conv"), (1, "depthwise_conv"))
    ]
    assert not np.array_equal(*kernels)
    kernel = tiny.get_layer("stage_3_block_0_pointwise_conv_1").kernel
    # A normal cut at two deviations has 0.8796 of its deviation.
    assert np.isclose(keras.ops.std(kernel), 0.8796 * 0.02, rtol=0.01)


def test_only_layers_that_serve(tiny):
    assert not any(getattr(layer, "groups", 1) > 1 for layer in tiny.layers)
    built_in = {x for x in vars(keras.layers).values() if isinstance(x, type)}
    assert {type(layer) for layer in tiny.layers} <= built_in


def test_a_block_starts_as_the_identity(tiny):
    scales = [layer for layer in tiny.layers if layer.name.endswith("_layer_scale")]
    assert len(scales) == 18
    kernel = keras.ops.convert_to_numpy(scales[0].kernel)
    np.testing.assert_allclose(kernel, np.full((1, 1, 96, 1), 1e-6))


def test_another_rank():
    with pytest.raises(ValueError, match="Received: rank=3"):
        convnext.build_tiny((32, 32, 32, 1), 3, 0)


def test_kernels_and_scales_turn_depthwise():
    kernel = np.arange(3 * 3 * 5).reshape(3, 3, 1, 5)
    assert convnext.as_depthwise(kernel).shape == (3, 3, 5, 1)
    np.testing.assert_array_equal(
        convnext.as_depthwise(kernel)[:, :, 4, 0], kernel[..., 0, 4]
    )
    scale = np.arange(5.0)
    np.testing.assert_array_equal(convnext.as_depthwise(scale)[0, 0, :, 0], scale)


def test_a_shape_that_is_neither():
    with pytest.raises(ValueError, match=r"Received: shape \(3, 3, 2, 5\)"):
        convnext.as_depthwise(np.zeros((3, 3, 2, 5)))
