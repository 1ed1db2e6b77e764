import numpy as np
import pytest

from pipelines.errors import DataError
from zoo.architectures import alexnet, resnet
from zoo.weights.layouts import torch as torch_layout


def torch_alexnet(shape=(256, 6, 6)):
    """A state dict of AlexNet's names: ten units where the width does not matter."""
    arrays = {}
    for place, before, after, kernel in (
        (0, 3, 64, 11),
        (3, 64, 192, 5),
        (6, 192, 384, 3),
        (8, 384, 256, 3),
        (10, 256, 256, 3),
    ):
        arrays[f"features.{place}.weight"] = np.zeros((after, before, kernel, kernel))
        arrays[f"features.{place}.bias"] = np.zeros(after)
    arrays["classifier.1.weight"] = np.zeros((10, int(np.prod(shape))))
    arrays["classifier.4.weight"] = np.arange(110).reshape(11, 10)
    arrays["classifier.6.weight"] = np.zeros((12, 11))
    for place, units in ((1, 10), (4, 11), (6, 12)):
        arrays[f"classifier.{place}.bias"] = np.zeros(units)
    return arrays


def torch_residual(blocks, convolutions, groups=1, gated=False):
    """Names as torchvision and timm have them, two channels a group for all kernels."""
    generator = np.random.default_rng(0)
    width = 2 * groups
    arrays = {"fc.weight": generator.normal(size=(3, width)), "fc.bias": np.zeros(3)}

    def normalised(convolution, normalisation, channels=width):
        shape = (width, channels, 3, 3)
        arrays[f"{convolution}.weight"] = generator.normal(size=shape)
        for part in ("weight", "bias", "running_mean", "running_var"):
            arrays[f"{normalisation}.{part}"] = generator.normal(size=width)
        arrays[f"{normalisation}.num_batches_tracked"] = np.array(7)

    normalised("conv1", "bn1", 3)
    for stage, number in enumerate(blocks, start=1):
        for i in range(number):
            block = f"layer{stage}.{i}"
            for n in range(1, convolutions + 1):
                channels = 2 if groups > 1 and n == 2 else width
                normalised(f"{block}.conv{n}", f"{block}.bn{n}", channels)
            if gated:
                for n in (1, 2):
                    kernel = generator.normal(size=(width, width, 1, 1))
                    arrays[f"{block}.se.fc{n}.weight"] = kernel
                    arrays[f"{block}.se.fc{n}.bias"] = generator.normal(size=width)
            if i == 0 and (stage > 1 or convolutions == 3):
                normalised(f"{block}.downsample.0", f"{block}.downsample.1")
    return arrays


def weights_of(model):
    return {
        f"{layer.name}/{variable.name}"
        for layer in model.layers
        for variable in layer.weights
    }


LOGITS = {"logits/kernel", "logits/bias"}
RESIDUAL = {
    "resnet18": (torch_layout.resnet, resnet.build_18, ((2, 2, 2, 2), 2)),
    "resnet34": (torch_layout.resnet, resnet.build_34, ((3, 4, 6, 3), 2)),
    "resnet50": (torch_layout.resnet, resnet.build_50, ((3, 4, 6, 3), 3)),
    "se_resnet50": (
        torch_layout.se_resnet,
        resnet.build_se_50,
        ((3, 4, 6, 3), 3, 1, True),
    ),
    "se_resnext50": (
        torch_layout.se_resnext,
        resnet.build_se_next_50,
        ((3, 4, 6, 3), 3, 32, True),
    ),
}


@pytest.mark.parametrize(
    "name",
    [
        "resnet18",
        "se_resnext50",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("resnet34", "resnet50", "se_resnet50")
        ),
    ],
)
def test_the_names_are_those_of_the_backbone(name):
    convert, build, layout = RESIDUAL[name]
    found = convert(torch_residual(*layout))
    assert found.keys() == weights_of(build((8, 8, 3), 2, 0)) | LOGITS


def test_alexnets_names_and_shapes():
    found = torch_layout.alexnet(torch_alexnet())
    model = alexnet.build((63, 63, 3), 2, 0)
    dense = {f"{n}/{w}" for n in ("fc6", "fc7") for w in ("kernel", "bias")}
    assert found.keys() == weights_of(model) | dense | LOGITS
    for layer in model.layers:
        for variable in layer.weights:
            assert found[f"{layer.name}/{variable.name}"].shape == variable.shape


def test_kernels_end_in_inputs_and_outputs():
    arrays = torch_alexnet()
    kernel = np.arange(64 * 3 * 121).reshape(64, 3, 11, 11)
    found = torch_layout.alexnet(arrays | {"features.0.weight": kernel})
    assert found["convolution1/kernel"][4, 5, 2, 7] == kernel[7, 2, 4, 5]
    assert found["fc7/kernel"][3, 8] == arrays["classifier.4.weight"][8, 3]


def test_flattening_takes_channels_last():
    """What fc6 gives of a map is what it gave of the map turned channels first."""
    arrays = torch_alexnet()
    generator = np.random.default_rng(0)
    arrays["classifier.1.weight"] = generator.normal(size=(10, 9216))
    feature_map = generator.normal(size=(6, 6, 256))
    expected = arrays["classifier.1.weight"] @ feature_map.transpose(2, 0, 1).ravel()
    found = feature_map.ravel() @ torch_layout.alexnet(arrays)["fc6/kernel"]
    np.testing.assert_allclose(found, expected)


def test_batch_normalisation_and_block_numbers():
    arrays = torch_residual((3, 4, 6, 3), 3)
    found = torch_layout.resnet(arrays)
    for zoo, torch in (
        ("stem_normalisation/gamma", "bn1.weight"),
        ("stage3_block6_2_normalisation/beta", "layer3.5.bn2.bias"),
        (
            "stage4_block1_shortcut_normalisation/moving_mean",
            "layer4.0.downsample.1.running_mean",
        ),
        ("stage1_block1_3_normalisation/moving_variance", "layer1.0.bn3.running_var"),
    ):
        assert np.array_equal(found[zoo], arrays[torch]), zoo


def test_a_group_keeps_its_channels():
    arrays = torch_residual((3, 4, 6, 3), 3, 32, True)
    found = torch_layout.se_resnext(arrays)
    kernel = found["stage2_block3_2_convolution/kernel"]
    assert kernel.shape == (32, 9 * 2, 2)
    published = arrays["layer2.2.conv2.weight"]
    group, row, column, channel, filter_ = 5, 2, 1, 1, 0
    at = (row * 3 + column) * 2 + channel
    assert (
        kernel[group, at, filter_]
        == published[group * 2 + filter_, channel, row, column]
    )
    dense = found["stage1_block2_squeeze/kernel"]
    assert np.array_equal(dense, arrays["layer1.1.se.fc1.weight"][:, :, 0, 0].T)


def test_unknown_and_missing_names_are_listed():
    arrays = torch_residual((2, 2, 2, 2), 2)
    arrays["layer1.0.conv9.weight"] = arrays.pop("layer1.0.conv1.weight")
    with pytest.raises(DataError, match="none of this architecture's") as raised:
        torch_layout.resnet(arrays)
    assert "layer1.0.conv9.weight: unknown; " in str(raised.value)
    assert "layer1.0.conv1.weight: missing. Take" in str(raised.value)


def test_many_differences_are_counted():
    with pytest.raises(DataError, match="bn1.bias: missing; .*; and 96 more"):
        torch_layout.resnet({})


def test_another_architectures_file():
    with pytest.raises(DataError, match=r"se\.fc1\.bias: unknown"):
        torch_layout.resnet(torch_residual((3, 4, 6, 3), 3, 1, True))
    with pytest.raises(DataError, match="unknown"):
        torch_layout.alexnet(torch_residual((2, 2, 2, 2), 2))


@pytest.mark.parametrize(
    ("name", "shape", "layer"),
    [
        ("conv1.weight", (4, 3, 7), "stem_convolution/kernel"),
        ("bn1.weight", (4, 1), "stem_normalisation/gamma"),
        ("fc.weight", (4, 3, 1, 1), "logits/kernel"),
        ("layer1.0.se.fc1.weight", (4, 3, 2, 1), "stage1_block1_squeeze/kernel"),
        ("layer1.0.conv2.weight", (33, 2, 3, 3), "stage1_block1_2_convolution/kernel"),
    ],
)
def test_an_array_of_another_kind(name, shape, layer):
    arrays = torch_residual((3, 4, 6, 3), 3, 32, True) | {name: np.zeros(shape)}
    with pytest.raises(DataError) as raised:
        torch_layout.se_resnext(arrays)
    assert f"{name}: shape {shape} for {layer}" in str(raised.value)


def test_a_map_of_another_size_before_fc6():
    with pytest.raises(DataError, match=r"classifier.1.weight: shape \(10, 12544\)"):
        torch_layout.alexnet(torch_alexnet((256, 7, 7)))
