import json

import keras
import pytest

from pipelines.errors import UsageError
from tests.zoo.catalogue.small import ENTRY, NETWORK, network
from zoo.architectures.architecture import InputConvention
from zoo.catalogue.description import convention_in_words, describe, plain


def test_at_the_reference_shape():
    found = describe(NETWORK)
    assert found.input_shape == (8, 6, 3)
    assert found.feature_map == (8, 6, 2)
    assert found.auxiliary == {"first": (8, 6, 4)}
    assert found.costs.multiply_adds == ENTRY.multiply_adds


def test_at_another_shape():
    assert describe(NETWORK, (5, 4, 1)).feature_map == (5, 4, 2)


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 8, 1), (8, 8, 0)])
def test_sizes_that_cannot_be(shape):
    with pytest.raises(UsageError, match="has rank 2: --shape wants H W C"):
        describe(NETWORK, shape)


def test_too_small_a_shape():
    with pytest.raises(UsageError, match="at least 4 voxels"):
        describe(NETWORK, (3, 8, 1))


def test_plain_is_json():
    found = json.loads(json.dumps(plain(describe(NETWORK))))
    assert found["parameters"] == ENTRY.parameters
    assert found["input_convention"]["order"] == "bgr"
    assert found["head_units"] == [5, 7]
    assert [layer["kind"] for layer in found["layers"]] == [
        "InputLayer",
        "Conv2D",
        "Square",
        "BatchNormalization",
        "Conv2D",
    ]
    assert found["layers"][1] == {
        "name": "first",
        "kind": "Conv2D",
        "output_shape": [8, 6, 4],
        "parameters": 112,
        "multiply_adds": 48 * 27 * 4,
    }


def test_weights_are_those_of_the_network_that_is_inflated():
    inflated = describe(network(name="resnet3d18", inflates="resnet18"))
    assert [one["top1"] for one in plain(inflated)["weights"]] == [69.758, 69.758]
    assert describe(network(name="resnet18", imagenet=None)).sources == ()


def test_a_layer_that_is_called_twice():
    def build(input_shape, rank, seed):
        inputs = keras.Input(input_shape)
        same = keras.layers.Conv2D(3, 1, name="same")
        return keras.Model(inputs, same(same(inputs)))

    found = plain(describe(network(build=build, auxiliary=())))
    assert [one["name"] for one in found["layers"][1:]] == ["same", "same"]


@pytest.mark.parametrize(
    ("convention", "words"),
    [
        (
            InputConvention(scale=255.0, mean=(104.0, 117.0, 123.0), order="bgr"),
            "order blue, green, red: values from 0 to 255 minus (104, 117, 123). ",
        ),
        (
            InputConvention(mean=(0.5, 0.4, 0.3), deviation=(0.2, 0.2, 0.1)),
            "red, green, blue: values from 0 to 1 minus (0.5, 0.4, 0.3), divided by "
            "(0.2, 0.2, 0.1). ",
        ),
        (InputConvention(scale=255.0), "red, green, blue: values from 0 to 255. "),
        (None, "normalised intensities as they are; there are no published"),
    ],
)
def test_the_convention_in_words(convention, words):
    assert words in convention_in_words(convention)
