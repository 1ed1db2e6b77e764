import keras
import pytest

from tests.zoo.catalogue.small import ENTRY, NETWORK, network
from zoo.architectures import registry
from zoo.catalogue.entry import PATH, read
from zoo.catalogue.measurement import measure, measure_all


def test_the_facts_and_the_counts():
    assert measure(NETWORK) == ENTRY


def test_all_in_their_order():
    other = network(name="other", imagenet=None, inflates="small")
    found = measure_all([other, NETWORK])
    assert [one.name for one in found] == ["other", "small"]
    assert (found[0].imagenet, found[0].inflates) == (False, "small")


def test_no_weight_is_drawn():
    def build(input_shape, rank, seed):
        def refuse(*arguments, **settings):
            raise AssertionError("drawn")

        inputs = keras.Input(input_shape)
        layer = keras.layers.Conv2D(2, 1, kernel_initializer=refuse)
        return keras.Model(inputs, layer(inputs))

    assert measure(network(build=build)).parameters == 8


def test_what_cannot_be_counted_is_not_shipped():
    def build(input_shape, rank, seed):
        inputs = keras.Input(input_shape)
        layer = keras.layers.ConvLSTM2D(2, 1, name="memory")
        frames = keras.ops.expand_dims(inputs, 1)
        return keras.Model(inputs, layer(frames))

    with pytest.raises(ValueError, match="small has layers .* Received: memory"):
        measure(network(build=build))


@pytest.mark.slow
def test_the_shipped_counts_are_those_of_the_networks():
    assert measure_all(registry.ARCHITECTURES.values()) == read(PATH)
