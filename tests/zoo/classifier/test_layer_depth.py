import keras
import numpy as np
import pytest

from zoo.architectures import cnn3d, registry
from zoo.classifier.freezing import LayerFreezing
from zoo.classifier.layer_depth import depths, leaves, rate_shares
from zoo.recipes.transfer import Transfer


def branched():
    """A stem, a branch of two layers beside one of one, and a layer behind both."""
    layers = keras.layers
    inputs = keras.Input((8, 8, 2))
    stem = layers.Conv2D(4, 3, padding="same", name="stem")(inputs)
    stem = layers.BatchNormalization(name="stem_normalisation")(stem)
    x = layers.Conv2D(4, 3, padding="same", name="first")(stem)
    x = layers.Conv2D(4, 3, padding="same", name="second")(x * 2.0)
    short = layers.Conv2D(4, 1, name="short")(stem)
    short = layers.BatchNormalization(name="short_normalisation")(short)
    x = layers.Conv2D(4, 1, name="last")(layers.Add(name="sum")([x, short]))
    return keras.Model(inputs, x)


def test_depth_counts_kernels_on_the_longest_way():
    found = depths(branched())
    assert found["stem"] == found["stem_normalisation"] == 1
    assert found["first"] == found["short"] == found["short_normalisation"] == 2
    assert found["second"] == found["sum"] == 3
    assert found["last"] == 4


def test_depth_does_not_hang_on_what_the_backbone_is_built_into():
    model = branched()
    before = depths(model)
    inputs = keras.Input((8, 8, 2))
    keras.Model(inputs, keras.layers.Dense(1)(model(inputs)))
    keras.Model(model.input, model.get_layer("first").output)
    assert depths(model) == before


def test_a_model_within_is_as_deep_as_one_layer():
    inputs = keras.Input((8, 8, 2))
    x = keras.layers.Conv2D(2, 1, name="before")(inputs)
    x = branched()(x)
    model = keras.Model(inputs, keras.layers.Conv2D(2, 1, name="behind")(x))
    found = depths(model)
    assert (found["before"], found["behind"]) == (1, 3)
    assert {layer.name for layer in leaves(model)} > {"before", "behind", "second"}


def test_shares_grow_by_one_factor_to_that_of_the_head():
    model = cnn3d.build((8, 8, 2), 2, 0)
    found = rate_shares(model, 0.008)
    for number, share in ((1, 0.008), (2, 0.04), (3, 0.2)):
        for name in ("convolution", "normalisation"):
            layer = model.get_layer(f"{name}{number}")
            assert [found[id(v)] for v in layer.trainable_variables] == pytest.approx(
                [share] * len(layer.trainable_variables)
            )


def test_where_all_learn_alike_no_share_is_named():
    assert not rate_shares(branched(), 1.0)


def test_every_weight_of_a_large_network_has_a_share():
    architecture = registry.get("inception")
    model = architecture.build((64, 64, 3), architecture.rank, 0)
    found = rate_shares(model, 0.01)
    assert {id(v) for v in model.trainable_variables} <= set(found)
    assert min(found.values()) == pytest.approx(0.01)
    assert 0.01 < max(found.values()) < 1
    places = depths(model)
    assert sorted(set(places.values()) - {0}) == list(
        np.arange(max(places.values())) + 1
    )


@pytest.mark.parametrize("frozen", ["50%", "convolution2", "all"])
def test_what_is_left_as_it_is_lies_as_deep_as_before(frozen):
    model = cnn3d.build((8, 8, 2), 2, 0)
    places, shares = depths(model), rate_shares(model, 0.01)
    LayerFreezing(model, Transfer(frozen=(frozen,)))
    assert depths(model) == places
    assert rate_shares(model, 0.01) == shares
