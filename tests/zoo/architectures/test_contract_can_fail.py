"""Networks that break the contract, each in one way, and the check that finds it."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.zoo.architectures import contract, fresh
from tests.zoo.architectures.subject import Subject
from zoo.architectures.architecture import Architecture
from zoo.architectures.initialisation import he

only_tensorflow = pytest.mark.skipif(
    not fresh.ON_TENSORFLOW, reason="SavedModel is TensorFlow's"
)


class Doubled(layers.Layer):
    """A layer that only this test suite knows."""

    def call(self, x):
        return 2 * x

    def compute_output_shape(self, input_shape):
        return input_shape


class InPython(layers.Layer):
    """A layer that leaves TensorFlow's graph."""

    def call(self, x):
        import tensorflow as tf

        y = tf.numpy_function(lambda array: array, [x], x.dtype)
        return tf.ensure_shape(y, x.shape)


def convolution(name, seed, **settings):
    settings = {"kernel_initializer": he(seed, name), "use_bias": False} | settings
    return layers.Conv2D(4, 3, padding="same", name=name, **settings)


def subject(*make):
    """The contract's subject for a chain of layers, each made by `make(seed)`."""

    def build(input_shape, rank, seed):
        inputs = keras.Input(input_shape, name="pixels")
        x = convolution("first", seed)(inputs)
        for one in make:
            x = one(seed)(x)
        return keras.Model(inputs, x, name="bad")

    return Subject(
        Architecture(
            name="bad",
            rank=2,
            build=build,
            minimum_size=4,
            reference=(8, 8, 3),
            citation="",
        )
    )


def reproduced(bad):
    return contract.not_reproduced(bad.weights, contract.fingerprints(bad.elsewhere))


def trained(bad):
    volumes = np.random.default_rng(0).normal(size=(4, 2, *bad.shape[1:]))
    return contract.not_trained(bad.classifier.training, volumes.astype("float32"))


def test_nothing_is_wrong_with_a_good_one():
    good = subject(lambda seed: convolution("second", seed))
    assert not contract.foreign(good.classifier.inference)
    assert not reproduced(good)
    assert not contract.drawn_alike(good.all_weights)
    assert not contract.not_drawn_by_seed(good.all_weights, good.half_weights)
    assert not trained(good)


def test_a_layer_of_ones_own():
    bad = subject(lambda seed: Doubled(name="doubled"))
    assert contract.foreign(bad.classifier.inference) == [f"{__name__}.Doubled"]


@pytest.mark.parametrize("inside", ["model", "wrapper"])
def test_a_layer_of_ones_own_inside_another(inside):
    def make(seed):
        if inside == "wrapper":
            return layers.TimeDistributed(Doubled(), name="wrapped")
        return keras.Sequential([layers.Input((4, 4, 4)), Doubled()], name="nested")

    inputs = keras.Input((4, 4, 4))
    model = keras.Model(inputs, make(0)(inputs))
    assert contract.foreign(model) == [f"{__name__}.Doubled"]


def test_layers_of_keras_that_a_fresh_process_does_not_know():
    """What `keras.applications` uses in its ConvNeXt, and code in a layer."""
    from keras.src.applications.convnext import LayerScale

    inputs = keras.Input((4, 4, 4))
    x = LayerScale(1e-6, 4, name="scale")(inputs)
    x = layers.Lambda(lambda y: y + 1, name="code")(x)
    assert contract.foreign(keras.Model(inputs, x)) == [
        "keras.src.applications.convnext.LayerScale",
        "keras.src.layers.core.lambda_layer.Lambda",
    ]


def test_a_fresh_process_cannot_load_a_layer_of_ones_own(tmp_path, fresh_process):
    bad = subject(lambda seed: Doubled(name="doubled"))
    bad.classifier.inference.save(tmp_path / "model.keras")
    np.save(tmp_path / "volumes.npy", bad.volumes)
    assert "Doubled" in fresh_process.load(tmp_path).error


@only_tensorflow
@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda seed: convolution("grouped", seed, groups=2), ["_XlaMustCompile"]),
        (lambda seed: InPython(name="python"), ["PyFunc"]),
        (lambda seed: convolution("second", seed), []),
    ],
)
def test_what_a_server_cannot_run(make, found, tmp_path):
    inference = subject(make).classifier.inference
    inference.export(str(tmp_path / "served"), verbose=False)
    assert contract.refused(fresh.operations(tmp_path / "served")) == found


def test_words_for_what_a_server_cannot_run():
    operations = {"Conv2D", "XlaCallModule", "_XlaRun", "EagerPyFunc", "foreign:IO>X"}
    assert contract.refused(operations) == sorted(operations - {"Conv2D"})


def test_a_weight_without_a_gradient():
    bad = subject(
        lambda seed: ops.stop_gradient, lambda seed: convolution("second", seed)
    )
    assert trained(bad) == ["no gradient: first/kernel"]


def test_training_that_breaks():
    bad = subject(lambda seed: layers.Rescaling(1e38, name="huge"))
    assert any(one.startswith("not finite: first/kernel") for one in trained(bad))


def test_weights_are_put_back():
    good = subject()
    before = contract.fingerprints(good.classifier.training)
    trained(good)
    assert contract.fingerprints(good.classifier.training) == before


def test_arrays_that_differ():
    one, other = np.zeros(2), np.ones(2)
    found = contract.unequal({"a": one, "b": one, "c": one}, {"a": one, "b": other})
    assert found == ["b", "c"]


def test_weights_that_no_seed_decides():
    bad = subject(
        lambda seed: convolution("second", seed, kernel_initializer="he_normal")
    )
    assert reproduced(bad) == ["second/kernel"]


def test_weights_that_the_seed_does_not_reach():
    bad = subject(lambda seed: convolution("second", 7))
    assert contract.not_drawn_by_seed(bad.all_weights, bad.half_weights) == [
        "second/kernel"
    ]


def test_layers_that_share_a_seed():
    def make(name):
        return lambda seed: convolution(name, seed, kernel_initializer=he(seed, "x"))

    bad = subject(make("second"), make("third"))
    assert contract.drawn_alike(bad.all_weights) == ["second/kernel", "third/kernel"]


def test_a_name_that_counts_on():
    bad = subject(lambda seed: layers.Conv2D(4, 3, kernel_initializer=he(seed, "x")))
    assert any(path.startswith("conv2d") for path in reproduced(bad))


def test_feature_maps_of_other_names_or_that_end_before_the_last():
    backbone = subject(lambda seed: ops.stop_gradient).classifier.backbone
    assert contract.wrong_feature_maps(backbone, ("last",)) == [
        "feature maps ('first',), stated ('last',)"
    ]
    assert contract.wrong_feature_maps(backbone, ("first",)) == [
        "first is not the last map"
    ]
