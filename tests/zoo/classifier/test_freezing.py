import keras
import numpy as np
import pytest

from pipelines.errors import UsageError
from zoo.architectures import cnn3d
from zoo.classifier.freezing import LayerFreezing, batch_normalisations, thawed
from zoo.recipes.transfer import Transfer


def build():
    return cnn3d.build((8, 8, 2), 2, 0)


def freeze(model, *frozen, **settings):
    epochs = (1,) * (len(frozen) - 1)
    return LayerFreezing(model, Transfer(frozen=frozen, epochs=epochs, **settings))


def trained(model):
    """Which weights one step changes, statistics of batch normalisation included."""
    before = [np.array(w) for w in model.get_weights()]
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 2)).astype("float32")
    model.train_on_batch(x, np.ones((4, 1, 1, 128), "float32"))
    return {
        weight.path.split("/")[0]
        for weight, old in zip(model.weights, before, strict=True)
        if not np.array_equal(keras.ops.convert_to_numpy(weight), old)
    }


def test_nothing():
    model = build()
    freeze(model)
    assert len(trained(model)) == 6


def test_a_name_of_keras_means_the_layer_of_the_network_built_first():
    for _ in range(2):
        volume = keras.Input((8, 8, 2))
        first = keras.layers.Conv2D(2, 3)
        model = keras.Model(volume, keras.layers.Conv2D(2, 3)(first(volume)))
    assert first.name != "conv2d"
    freeze(model, "conv2d")
    assert [layer.trainable for layer in model.layers] == [True, False, True]


def test_a_prefix_and_its_statistics_stay():
    model = build()
    freeze(model, "relu2")
    assert trained(model) == {"convolution3", "normalisation3"}


def test_frozen_batch_normalisation_infers_in_training_too():
    model = build()
    freeze(model, "all")
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 2)).astype("float32")
    in_training, in_inference = (
        keras.ops.convert_to_numpy(model(x, training=training))
        for training in (True, False)
    )
    np.testing.assert_allclose(in_training, in_inference, rtol=1e-6)
    assert not model.trainable_weights


def test_side_branches_behind_the_layer_stay_trainable():
    inputs = keras.Input((4,))
    first = keras.layers.Dense(4, name="first")(inputs)
    beside = keras.layers.Dense(4, name="beside")(first)
    last = keras.layers.Dense(4, name="last")(first)
    model = keras.Model(inputs, keras.layers.Add(name="sum")([beside, last]))
    freeze(model, "last")
    assert trainable(model) == {"beside"}


def test_no_such_layer():
    with pytest.raises(UsageError, match="no layer 'relu9'.*relu1"):
        freeze(build(), "relu9")


def trainable(model):
    return {layer.name for layer in model.layers if layer.trainable and layer.weights}


def test_stages_thaw_the_backbone_from_the_top():
    model = build()
    layer_freezing = freeze(model, "all", "67%", "relu1", "none")
    found = [len(model.trainable_variables)]
    for frozen in ("all", "67%", "relu1", "none", "all"):
        layer_freezing.enter(frozen)
        found.append(len(model.trainable_variables))
    # A convolution's kernel, and its normalisation's scale and shift, three times.
    assert found == [9, 0, 3, 6, 9, 0]


def test_a_share_of_the_depth_takes_the_normalisation_behind_along():
    model = build()
    freeze(model, "34%")
    assert trained(model) == {
        *("convolution2", "normalisation2", "convolution3", "normalisation3")
    }


def test_a_stage_leaves_the_statistics_of_what_it_freezes():
    model = build()
    layer_freezing = freeze(model, "relu2", "none")
    layer_freezing.enter("relu2")
    assert trained(model) == {"convolution3", "normalisation3"}
    layer_freezing.enter("none")
    assert len(trained(model)) == 6


def test_stages_that_do_not_thaw_from_the_top_are_an_error():
    with pytest.raises(UsageError, match="Received: .*'relu1' before 'all'"):
        freeze(build(), "relu1", "all")
    with pytest.raises(UsageError, match="no layer 'relu9'"):
        freeze(build(), "relu9", "none")


def test_layers_of_models_within_are_frozen_and_thawed_alike():
    inputs = keras.Input((8, 8, 2))
    model = keras.Model(inputs, build()(inputs))
    layer_freezing = freeze(model, "all", "none", batch_normalisation="frozen")
    layer_freezing.enter("all")
    assert not model.trainable_variables
    layer_freezing.enter("none")
    assert [v.path.split("/")[-1] for v in model.trainable_variables] == ["kernel"] * 3


def test_batch_normalisation_may_follow_faster():
    model = build()
    freeze(model, batch_normalisation_momentum=0.25)
    assert {layer.momentum for layer in batch_normalisations(model)} == {0.25}
    layer = model.get_layer("normalisation1")
    seen = keras.Model(model.input, model.get_layer("convolution1").output)
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 2)).astype("float32")
    mean = np.mean(seen(x), axis=(0, 1, 2))
    model(x, training=True)
    np.testing.assert_allclose(layer.moving_mean, 0.75 * mean, rtol=1e-4, atol=1e-6)


def test_frozen_batch_normalisation_stays_while_the_kernels_learn():
    model = build()
    layer_freezing = freeze(model, "all", "none", batch_normalisation="frozen")
    layer_freezing.enter("all")
    layer_freezing.enter("none")
    assert trained(model) == {"convolution1", "convolution2", "convolution3"}


def test_without_a_policy_batch_normalisation_is_the_architectures():
    model = build()
    freeze(model)
    assert {layer.momentum for layer in batch_normalisations(model)} == {0.9}
    assert all(layer.trainable for layer in batch_normalisations(model))


def test_a_model_saved_in_a_stage_infers_the_same_and_can_be_trained_on(tmp_path):
    model = build()
    freeze(model, "all")
    with thawed(model):
        model.save(tmp_path / "model.keras")
    assert not model.trainable_variables
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 2)).astype("float32")
    np.testing.assert_array_equal(model(x), loaded(x))
    assert len(loaded.trainable_variables) == 9


@pytest.mark.parametrize(
    "settings",
    [{"batch_normalisation": "frozen"}, {"batch_normalisation_momentum": 0.9}],
)
def test_settings_of_batch_normalisation_want_some(settings):
    inputs = keras.Input((8, 8, 2))
    plain = keras.Model(inputs, keras.layers.Conv2D(2, 1)(inputs), name="plain")
    with pytest.raises(UsageError, match="plain has no batch normalisation"):
        LayerFreezing(plain, Transfer(**settings))
