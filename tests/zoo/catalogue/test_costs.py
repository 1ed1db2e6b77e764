"""Counts that can be done by hand."""

import keras
import pytest
from keras import layers, ops

from zoo.architectures.response_normalisation import response_normalisation
from zoo.catalogue import costs


def counted(shape, *chain):
    inputs = keras.Input(shape)
    x = inputs
    for layer in chain:
        x = layer(x)
    return costs.count(keras.Model(inputs, x))


@pytest.mark.parametrize(
    ("shape", "layer", "multiply_adds", "parameters"),
    [
        ((8, 6, 3), layers.Conv2D(5, 3, padding="same"), 48 * 9 * 3 * 5, 140),
        ((8, 6, 3), layers.Conv2D(5, 3, strides=2), 3 * 2 * 9 * 3 * 5, 140),
        ((8, 6, 4), layers.Conv2D(6, 1, groups=2, use_bias=False), 48 * 2 * 6, 12),
        ((8, 6, 4, 2), layers.Conv3D(3, 2), 7 * 5 * 3 * 8 * 2 * 3, 51),
        ((8, 6, 3), layers.DepthwiseConv2D(3), 6 * 4 * 9 * 3, 30),
        ((8, 6, 3), layers.SeparableConv2D(5, 3), 24 * (9 * 3 + 3 * 5), 27 + 15 + 5),
        ((7,), layers.Dense(4), 28, 32),
        ((3, 2, 7), layers.Dense(4), 6 * 28, 32),
    ],
)
def test_one_layer(shape, layer, multiply_adds, parameters):
    found = counted(shape, layer)
    assert (found.multiply_adds, found.parameters) == (multiply_adds, parameters)
    assert not found.uncounted


def test_grouped_convolution_on_patches():
    """4 groups, each from 9 * 2 numbers of a patch to 3 outputs, at 5 * 6 places."""
    dense = layers.EinsumDense("bhwgi,gio->bhwgo", output_shape=(5, 6, 4, 3))
    found = counted((5, 6, 4, 18), dense)
    assert found.multiply_adds == 30 * 4 * 18 * 3


def test_groups_may_stand_before_the_batch():
    inputs = keras.Input(batch_shape=(4, None, 5, 6, 18))
    dense = layers.EinsumDense("gbhwi,gio->gbhwo", output_shape=(None, 5, 6, 3))
    model = keras.Model(inputs, dense(inputs))
    assert costs.count(model).multiply_adds == 30 * 4 * 18 * 3
    assert costs.calls(model)[1].output_shape == (4, 5, 6, 3)


def test_einsum_dense_with_an_ellipsis_is_a_dense_layer():
    dense = layers.EinsumDense("...x,xy->...y", output_shape=4)
    assert counted((5, 7), dense).multiply_adds == 5 * 7 * 4


def test_trainable_and_other_weights():
    found = counted((4, 4, 3), layers.BatchNormalization())
    assert (found.parameters, found.trainable) == (12, 6)
    assert found.multiply_adds == 0
    assert not found.uncounted


def test_nested_models_count_as_often_as_they_are_called():
    inputs = keras.Input((7,))
    inner = keras.Sequential([keras.Input((7,)), layers.Dense(7, use_bias=False)])
    found = costs.count(keras.Model(inputs, inner(inner(inputs))))
    assert (found.multiply_adds, found.parameters) == (98, 49)


def test_a_layer_counts_in_the_model_that_is_asked_about_alone():
    inputs = keras.Input((7,))
    dense = layers.Dense(7)
    once = dense(inputs)
    dense(once)
    assert costs.count(keras.Model(inputs, once)).multiply_adds == 49


def test_response_normalisation_has_no_weights_and_counts_nothing():
    inputs = keras.Input((4, 4, 8))
    model = keras.Model(inputs, response_normalisation(inputs, name="norm"))
    assert costs.count(model) == costs.Costs(parameters=0, trainable=0, multiply_adds=0)


def test_what_is_not_known_is_named():
    found = counted((5, 7), layers.LSTM(3, name="memory"), layers.Dense(2))
    assert found.uncounted == ("memory",)
    assert found.multiply_adds == 6


def test_an_unknown_size_is_refused():
    with pytest.raises(ValueError, match=r"known input shape.*\(None, None, None, 3\)"):
        counted((None, None, 3), layers.Conv2D(4, 3))


def test_a_model_without_a_graph_is_refused():
    class Own(keras.Model):
        pass

    with pytest.raises(ValueError, match="functional model's calls. Received: Own"):
        costs.count(Own())


def test_no_weight_needs_to_be_drawn():
    with keras.StatelessScope(initialize_variables=False):
        assert counted((7,), layers.Dense(4)).multiply_adds == 28


def test_operations_count_nothing():
    inputs = keras.Input((7,))
    assert costs.count(keras.Model(inputs, ops.square(inputs))).multiply_adds == 0
