"""Our networks with converted weights against torchvision's and timm's own.

Weights are random, so nothing is downloaded; batch statistics, gains and biases are
random too, so that none of them is where a mistake would not show.
"""

import math

import keras
import numpy as np
import pytest

from zoo.architectures import alexnet, resnet
from zoo.weights import torch_names

pytestmark = pytest.mark.slow

# The package, the name of its function or model, our builder and our converter.
NETWORKS = {
    "alexnet": ("torchvision", "alexnet", alexnet.build, torch_names.alexnet),
    "resnet18": ("torchvision", "resnet18", resnet.build_18, torch_names.resnet),
    "resnet34": ("torchvision", "resnet34", resnet.build_34, torch_names.resnet),
    "resnet50": ("torchvision", "resnet50", resnet.build_50, torch_names.resnet),
    "se_resnet50": ("timm", "seresnet50", resnet.build_se_50, torch_names.se_resnet),
    "se_resnext50": (
        "timm",
        "seresnext50_32x4d",
        resnet.build_se_next_50,
        torch_names.se_resnext,
    ),
}


def construct(package, name):
    """The network of another package, imported only where this test runs."""
    module = pytest.importorskip(package)
    if package == "timm":
        return module.create_model(name)
    return getattr(module.models, name)()


def randomise(model):
    """Weights by He et al. (2015), everything else around where it starts."""
    import torch

    generator = torch.Generator().manual_seed(0)

    def normal(values):
        return torch.randn(values.shape, generator=generator)

    with torch.no_grad():
        for name, values in model.state_dict().items():
            kind = name.split(".")[-1]
            if kind == "running_var":
                values.copy_(torch.exp(0.3 * normal(values)))
            elif kind in ("bias", "running_mean"):
                values.copy_(0.3 * normal(values))
            elif values.dim() > 1:
                fan_in = math.prod(values.shape[1:])
                values.copy_(math.sqrt(2 / fan_in) * normal(values))
            elif kind == "weight":
                values.copy_(0.5 * torch.exp(0.3 * normal(values)))
    return model.eval()


@pytest.fixture(scope="module", params=NETWORKS)
def pair(request):
    """The torch module and the zoo's arrays; what builds the backbone."""
    pytest.importorskip("torch")
    package, name, build, convert = NETWORKS[request.param]
    reference = randomise(construct(package, name))
    state = {name: values.numpy() for name, values in reference.state_dict().items()}
    return reference, convert(state), build


def backbone_with(arrays, build, shape):
    """The backbone with its arrays, and what is left of them."""
    backbone = build(shape, 2, 0)
    left = dict(arrays)
    for layer in backbone.layers:
        for variable in layer.weights:
            variable.assign(left.pop(f"{layer.name}/{variable.name}"))
    return backbone, left


def features_of(reference, x):
    if hasattr(reference, "forward_features"):  # timm's
        return reference.forward_features(x)
    last = {"AlexNet": "features", "ResNet": "layer4"}[type(reference).__name__]
    found = []
    hook = reference.get_submodule(last).register_forward_hook(
        lambda module, inputs, output: found.append(output)
    )
    reference(x)
    hook.remove()
    return found[0]


def logits_of(features, head):
    """By the converted head, in NumPy: fc6 and fc7 where there are any."""
    x = features.reshape(len(features), -1)
    if "fc6/kernel" not in head:
        x = features.mean(axis=(1, 2))
    for name in ("fc6", "fc7"):
        if f"{name}/kernel" in head:
            x = np.maximum(x @ head[f"{name}/kernel"] + head[f"{name}/bias"], 0)
    return x @ head["logits/kernel"] + head["logits/bias"]


def assert_near(found, expected):
    assert found.shape == expected.shape
    assert expected.std() > 0
    error = np.abs(found - expected).max() / np.abs(expected).max()
    assert error < 1e-4, error


@pytest.mark.parametrize("plane", [(224, 224), (97, 130)])
def test_the_same_features_and_logits(pair, plane):
    import torch

    reference, arrays, build = pair
    x = np.random.default_rng(0).normal(size=(2, *plane, 3)).astype("float32")
    backbone, head = backbone_with(arrays, build, x.shape[1:])
    features = backbone.predict_on_batch(x)
    with torch.no_grad():
        in_torch = torch.from_numpy(x.transpose(0, 3, 1, 2).copy())
        expected = features_of(reference, in_torch).numpy().transpose(0, 2, 3, 1)
        logits = reference(in_torch).numpy()
    assert_near(features, expected)
    if plane == (224, 224):  # elsewhere torchvision's AlexNet resamples before fc6
        assert_near(logits_of(features, head), logits)


def test_as_many_parameters(pair):
    reference, arrays, _ = pair
    statistics = ("moving_mean", "moving_variance")
    ours = sum(
        values.size
        for name, values in arrays.items()
        if name.split("/")[1] not in statistics
    )
    assert ours == sum(values.numel() for values in reference.parameters())


def test_keras_is_not_on_torch():
    """The comparison is one of two implementations."""
    assert keras.backend.backend() != "torch"
