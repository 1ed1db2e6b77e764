"""Numbers of weights that others publish, of the whole network with its 1000 classes.

Held against the shipped counts, which a slow test holds against the networks.
"""

import pytest

from zoo.architectures import registry
from zoo.catalogue.entry import PATH, read

ENTRIES = {entry.name: entry for entry in read(PATH)}

# Trainable: `num_params` of the weights in torchvision 0.28, of timm the models' own
# count, of GoogLeNet BVLC's Caffe model without auxiliary heads.
TRAINABLE = {
    "alexnet": 61_100_840,
    "inception": 6_998_552,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "se_resnet50": 28_088_024,
    "se_resnext50": 27_559_896,
}
# All: `count_params()` of keras.applications with its head. EfficientNet's holds 7 more
# of the layer that normalises pixels, here the input convention's.
ALL = {
    "xception": 22_910_480,
    "efficientnet_b0": 5_330_571 - 7,
}
# All, in 10^6: the table at keras.io/api/applications; MobileNetV3 Small, which is not
# in it, from table 3 of its paper (Howard et al., 2019).
MILLIONS = {
    "efficientnet_b1": 7.9,
    "efficientnet_b2": 9.2,
    "efficientnet_b3": 12.3,
    "efficientnet_b4": 19.5,
    "efficientnet_b5": 30.6,
    "efficientnet_b6": 43.3,
    "efficientnet_b7": 66.7,
    "efficientnetv2_b0": 7.2,
    "efficientnetv2_b1": 8.2,
    "efficientnetv2_b2": 10.2,
    "efficientnetv2_b3": 14.5,
    "efficientnetv2_s": 21.6,
    "inception_v3": 23.9,
    "densenet121": 8.1,
    "mobilenet_v3_small": 2.5,
    "convnext_tiny": 28.6,
}
# Behind the backbone, where it is more than one dense layer.
_FC = (9216 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000
HEADS = {"alexnet": _FC, "mobilenet_v3_small": (576 + 1) * 1024 + (1024 + 1) * 1000}


def head(name):
    return HEADS.get(name, (ENTRIES[name].feature_map[-1] + 1) * 1000)


def test_every_plane_network_is_held_to_something():
    plane = {one.name for one in registry.ARCHITECTURES.values() if one.rank == 2}
    assert TRAINABLE.keys() | ALL.keys() | MILLIONS.keys() == plane


@pytest.mark.parametrize("name", TRAINABLE)
def test_trainable(name):
    assert ENTRIES[name].trainable + head(name) == TRAINABLE[name]


@pytest.mark.parametrize("name", ALL)
def test_all(name):
    assert ENTRIES[name].parameters + head(name) == ALL[name]


@pytest.mark.parametrize("name", MILLIONS)
def test_all_in_millions(name):
    found = (ENTRIES[name].parameters + head(name)) / 1e6
    assert found == pytest.approx(MILLIONS[name], abs=0.06)
