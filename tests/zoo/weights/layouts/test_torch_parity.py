"""Our networks with converted weights against torchvision's and timm's own.

Weights are random, so nothing is downloaded. The other network computes in a process
of its own, see `torch_reference.py`.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from zoo.architectures import alexnet, resnet
from zoo.weights.layouts import torch as torch_layout

pytestmark = pytest.mark.slow

_SCRIPT = Path(__file__).with_name("torch_reference.py")
PLANES = ((224, 224), (97, 130))

# The package, the name of its function or model, our builder and our converter.
NETWORKS = {
    "alexnet": ("torchvision", "alexnet", alexnet.build, torch_layout.alexnet),
    "resnet18": ("torchvision", "resnet18", resnet.build_18, torch_layout.resnet),
    "resnet34": ("torchvision", "resnet34", resnet.build_34, torch_layout.resnet),
    "resnet50": ("torchvision", "resnet50", resnet.build_50, torch_layout.resnet),
    "se_resnet50": ("timm", "seresnet50", resnet.build_se_50, torch_layout.se_resnet),
    "se_resnext50": (
        "timm",
        "seresnext50_32x4d",
        resnet.build_se_next_50,
        torch_layout.se_resnext,
    ),
}


def named(plane):
    return "x".join(map(str, plane))


@pytest.fixture(scope="module", params=NETWORKS)
def pair(request, tmp_path_factory):
    """What the other network gave, the zoo's arrays, and what builds the backbone."""
    package, name, build, convert = NETWORKS[request.param]
    for needed in ("torch", package):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed (the extra `parity` has it)")
    directory = tmp_path_factory.mktemp(name)
    for plane in PLANES:
        x = np.random.default_rng(0).normal(size=(2, *plane, 3)).astype("float32")
        np.save(directory / f"input-{named(plane)}.npy", x)
    subprocess.run(
        [sys.executable, str(_SCRIPT), package, name, str(directory)], check=True
    )
    with np.load(directory / "state.npz") as state:
        arrays = convert(dict(state))
    return directory, arrays, build


def backbone_with(arrays, build, shape):
    """The backbone with its arrays, and what is left of them."""
    backbone = build(shape, 2, 0)
    left = dict(arrays)
    for layer in backbone.layers:
        for variable in layer.weights:
            variable.assign(left.pop(f"{layer.name}/{variable.name}"))
    return backbone, left


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


@pytest.mark.parametrize("plane", PLANES)
def test_the_same_features_and_logits(pair, plane):
    directory, arrays, build = pair
    x = np.load(directory / f"input-{named(plane)}.npy")
    backbone, head = backbone_with(arrays, build, x.shape[1:])
    features = backbone.predict_on_batch(x)
    assert_near(features, np.load(directory / f"features-{named(plane)}.npy"))
    if plane == (224, 224):  # elsewhere torchvision's AlexNet resamples before fc6
        logits = np.load(directory / f"logits-{named(plane)}.npy")
        assert_near(logits_of(features, head), logits)


def test_as_many_parameters(pair):
    directory, arrays, _ = pair
    statistics = ("moving_mean", "moving_variance")
    ours = sum(
        values.size
        for name, values in arrays.items()
        if name.split("/")[1] not in statistics
    )
    assert ours == int((directory / "parameters.txt").read_text(encoding="utf-8"))


def test_keras_is_not_on_torch():
    """The comparison is one of two implementations."""
    assert keras.backend.backend() != "torch"
