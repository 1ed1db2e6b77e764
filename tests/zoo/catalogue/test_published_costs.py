"""Multiply-adds that others publish, of the whole network with its 1000 classes."""

import keras
import pytest

from zoo.architectures import registry
from zoo.catalogue import costs

# `_ops` in the meta data of the weights in torchvision 0.28, in 10^9; to the last digit
# given, biases and normalisation left out as here.
TORCHVISION = {
    ("alexnet", 224): 0.714,
    ("resnet18", 224): 1.814,
    ("resnet34", 224): 3.664,
    ("resnet50", 224): 4.089,
    ("densenet121", 224): 2.834,
    ("inception_v3", 299): 5.713,
    ("mobilenet_v3_small", 224): 0.057,
    ("convnext_tiny", 224): 4.456,
    ("efficientnet_b0", 224): 0.386,
    ("efficientnet_b1", 240): 0.687,
    ("efficientnet_b2", 288): 1.088,
    ("efficientnet_b3", 300): 1.827,
    ("efficientnet_b4", 380): 4.394,
    ("efficientnet_b5", 456): 10.266,
    ("efficientnet_b6", 528): 19.068,
    ("efficientnet_b7", 600): 37.746,
    ("efficientnetv2_s", 384): 8.366,
}
# infer_gmacs in results/benchmark-infer-amp-nhwc-pt113-cu117-rtx3090.csv of timm, in
# 10^9; normalisation is in them, so they are up to 2 % higher.
TIMM = {
    ("se_resnet50", 224): 4.11,
    ("se_resnext50", 224): 4.26,
    ("xception", 299): 8.4,
    ("efficientnetv2_b3", 300): 3.04,
}
# ConvNeXt's layer scale is a 1x1 depthwise convolution here; torchvision leaves it out.
_LAYER_SCALE = 3 * 56**2 * 96 + 3 * 28**2 * 192 + 9 * 14**2 * 384 + 3 * 7**2 * 768
# Behind the backbone: dense layers, in MobileNetV3 1x1 convolutions at one place.
HEADS = {
    "alexnet": 9216 * 4096 + 4096 * 4096 + 4096 * 1000,
    "convnext_tiny": 768 * 1000 - _LAYER_SCALE,
    "mobilenet_v3_small": 576 * 1024 + 1024 * 1000,
}


def whole(name, size):
    """10^9 multiply-adds of backbone and head, for three channels."""
    architecture = registry.get(name)
    with keras.StatelessScope(initialize_variables=False):
        backbone = architecture.build((size, size, 3), 2, 0)
    head = HEADS.get(name, backbone.output.shape[-1] * 1000)
    return (costs.count(backbone).multiply_adds + head) / 1e9


def each(published):
    """Name and size; the deep ones take seconds to build."""
    for name, size in published:
        deep = name.startswith("efficientnet") and name != "efficientnet_b0"
        yield pytest.param(name, size, marks=pytest.mark.slow if deep else ())


@pytest.mark.parametrize(("name", "size"), list(each(TORCHVISION)))
def test_as_torchvision_counts(name, size):
    assert whole(name, size) == pytest.approx(TORCHVISION[name, size], abs=6e-4)


@pytest.mark.parametrize(("name", "size"), list(each(TIMM)))
def test_as_timm_counts(name, size):
    published = TIMM[name, size]
    assert 0.98 * published < whole(name, size) < published + 5e-3


def test_as_the_paper_counts():
    """Szegedy et al. (2015), table 1, in 10^6: what each part of GoogLeNet costs.

    Its 34 for the first convolution can't be: 112^2 places of 7^2 * 3 * 64.
    """
    parts = (360, 128, 304, 73, 88, 100, 119, 170, 54, 71, 1)
    first = 112**2 * 7**2 * 3 * 64 / 1e6
    assert whole("inception", 224) == pytest.approx(
        (sum(parts) + first) / 1e3, rel=4e-3
    )
