import keras
import numpy as np
import pytest

from zoo.architectures.initialisation import layer_seed
from zoo.architectures.reseeding import reseeded, stable_names


def branched():
    """Named and unnamed layers, and an operation that is no layer."""
    inputs = keras.Input((4, 4, 3), name="pixels")
    left = keras.layers.Conv2D(2, 1, name="stem")(inputs)
    left = keras.layers.Conv2D(2, 1)(left)
    right = keras.layers.Conv2D(2, 1)(inputs)
    right = keras.layers.ReLU()(right)
    return keras.Model(inputs, keras.layers.BatchNormalization()(left + right))


def test_unnamed_layers_are_counted_within_the_model():
    branched()
    model = branched()
    names = stable_names(model)
    assert set(names.values()) == {
        *("pixels", "stem", "conv2d", "conv2d_1", "re_lu", "add"),
        "batch_normalization",
    }
    by_class = {kind: [] for kind in ("Conv2D", "Add")}
    for operation in model.operations:
        if type(operation).__name__ in by_class:
            by_class[type(operation).__name__].append(names[operation.name])
    assert sorted(by_class["Conv2D"]) == ["conv2d", "conv2d_1", "stem"]
    assert by_class["Add"] == ["add"]


def test_the_count_follows_the_making_past_nine():
    x = inputs = keras.Input((2,))
    for _ in range(12):
        x = keras.layers.Dense(2)(x)
    model = keras.Model(inputs, x)
    names = [stable_names(model)[layer.name] for layer in model.layers[1:]]
    assert names == ["dense", *(f"dense_{number}" for number in range(1, 12))]


def drawn(layer, shape=(None, 4, 4, 3)):
    layer.build(shape)
    return layer.get_weights()


def test_name_and_seed_decide_the_weights():
    layer = keras.layers.SeparableConv2D(3, 3, pointwise_initializer="he_normal")
    first, again = (drawn(reseeded(layer, name="a", seed=1)) for _ in range(2))
    assert all(map(np.array_equal, first, again))
    for name, seed in (("b", 1), ("a", 2)):
        other = drawn(reseeded(layer, name=name, seed=seed))
        assert not np.array_equal(first[0], other[0])
        assert not np.array_equal(first[1], other[1])
    assert not first[2].any(), "the bias starts at 0 as before"


@pytest.mark.parametrize(
    "initialiser",
    [
        keras.initializers.VarianceScaling(2.0, "fan_out", "truncated_normal"),
        keras.initializers.HeNormal(seed=7),
        keras.initializers.Constant(0.5),
    ],
)
def test_an_initialiser_keeps_its_class_and_settings(initialiser):
    layer = keras.layers.Conv2D(2, 3, kernel_initializer=initialiser)
    made = reseeded(layer, name="a", seed=1)
    assert type(made.kernel_initializer) is type(initialiser)
    before, after = (x.get_config() for x in (initialiser, made.kernel_initializer))
    if "seed" in before:
        assert after.pop("seed") == layer_seed(1, "a/kernel_initializer")
        before.pop("seed")
    assert after == before
    assert layer.kernel_initializer is initialiser


def test_two_initialisers_of_a_layer_draw_apart():
    layer = keras.layers.SeparableConv2D(3, 1, depth_multiplier=1)
    made = reseeded(layer, name="a", seed=1)
    seeds = {
        made.depthwise_initializer.get_config()["seed"],
        made.pointwise_initializer.get_config()["seed"],
    }
    assert len(seeds) == 2


def test_dropout_gets_a_seed_and_keeps_the_rest():
    layer = keras.layers.Dropout(0.3, noise_shape=(None, 1, 1, 1), name="drop")
    made = reseeded(layer, name="drop", seed=5)
    assert made.get_config() == layer.get_config() | {"seed": layer_seed(5, "drop")}


def test_an_operation_is_renamed():
    operation = branched().operations[-2]
    made = reseeded(operation, name="sum", seed=0)
    assert (type(made), made.name) == (type(operation), "sum")
