import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from zoo.weights import assign as assign_weights


def network():
    inputs = keras.Input((2,))
    outputs = keras.layers.Dense(3, name="dense")(inputs)
    return keras.Model(inputs, outputs, name="small")


def test_every_weight_gets_its_array():
    model = network()
    arrays = {"dense/kernel": np.full((2, 3), 2.0), "dense/bias": np.ones(3)}
    assign_weights.assign(assign_weights.by_name(model), arrays, "here")
    assert [w.sum() for w in model.get_weights()] == [12, 3]


def test_differences_are_listed_and_nothing_is_changed():
    model = network()
    before = model.get_weights()
    arrays = {"dense/kernel": np.ones((3, 2)), "other/bias": np.ones(3)}
    with pytest.raises(DataError, match="here does not fit the network") as raised:
        assign_weights.assign(assign_weights.by_name(model), arrays, "here")
    assert (
        "dense/kernel: shape (3, 2), network (2, 3); dense/bias: not in the file; "
        "other/bias: not in the network." in str(raised.value)
    )
    assert all(map(np.array_equal, before, model.get_weights()))


def test_many_differences_are_counted():
    arrays = {f"layer{i}/bias": np.ones(1) for i in range(9)}
    with pytest.raises(DataError, match="and 5 more"):
        assign_weights.assign(assign_weights.by_name(network()), arrays, "here")


def test_two_weights_of_one_name():
    outer = keras.Sequential(
        [keras.Sequential([keras.layers.Dense(2), keras.layers.Dense(2)], name="pair")]
    )
    outer.build((None, 2))
    with pytest.raises(ValueError, match="share a name. Received:.*pair/bias"):
        assign_weights.by_name(outer)
