"""A network that is built at once, with a convention, auxiliary features and a head."""

import dataclasses

import keras

from zoo.architectures.architecture import Architecture, InputConvention
from zoo.catalogue.entry import Entry


def build(input_shape, rank, seed):
    inputs = keras.Input(input_shape, name="pixels")
    x = keras.layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    x = keras.ops.square(x)
    x = keras.layers.BatchNormalization(name="normalised")(x)
    return keras.Model(inputs, keras.layers.Conv2D(2, 1, name="second")(x))


NETWORK = Architecture(
    name="small",
    rank=2,
    build=build,
    minimum_size=4,
    reference=(8, 6, 3),
    auxiliary=("first",),
    head_units=(5, 7),
    imagenet=InputConvention(scale=255.0, mean=(104.0, 117.0, 123.0), order="bgr"),
    citation="Small et al., Nowhere, 2020",
)
ENTRY = Entry(
    name="small",
    rank=2,
    minimum_size=4,
    reference=(8, 6, 3),
    feature_map=(8, 6, 2),
    parameters=112 + 16 + 10,
    trainable=112 + 8 + 10,
    multiply_adds=48 * (9 * 3 * 4 + 4 * 2),
    imagenet=True,
    inflates="",
    citation="Small et al., Nowhere, 2020",
)


def network(**changes):
    return dataclasses.replace(NETWORK, **changes)


def entry(**changes):
    return dataclasses.replace(ENTRY, **changes)
