import keras
import numpy as np
import pytest
from keras import ops

from zoo import heads


def test_vote_is_the_mean_of_probabilities():
    logits = np.random.default_rng(0).normal(scale=3, size=(6, 4)).astype("float32")
    found = ops.convert_to_numpy(ops.softmax(heads.vote(ops.array(logits), 3)))
    each = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    np.testing.assert_allclose(found, each.reshape(2, 3, 4).mean(1), rtol=1e-5)


def test_vote_is_stable_where_softmax_underflows():
    logits = np.array([[0, -500], [0, -400]], "float32")
    found = ops.convert_to_numpy(heads.vote(ops.array(logits), 2))
    np.testing.assert_allclose(found, [[0, -400 - np.log(2)]], rtol=1e-6)


def test_mean_over_slices():
    features = np.arange(12, dtype="float32").reshape(6, 2)
    found = ops.convert_to_numpy(heads.mean_over_slices(ops.array(features), 3))
    assert found.tolist() == [[2, 3], [8, 9]]


def build_head(units=(), **changes):
    arguments = {"pooling": "average", "dropout": 0.5, "classes": 3, "seed": 0}
    feature_map = keras.Input((4, 5, 7))
    return heads.head(feature_map, units=units, **(arguments | changes))


def test_head_pools_then_decides():
    feature_map = np.random.default_rng(0).normal(size=(2, 4, 5, 7)).astype("float32")
    head = build_head()
    found = head.predict_on_batch(feature_map)
    np.testing.assert_allclose(
        found["features"], feature_map.mean((1, 2)), rtol=1e-4, atol=1e-6
    )
    kernel, bias = head.get_layer(heads.LOGITS).get_weights()
    np.testing.assert_allclose(
        found["logits"], found["features"] @ kernel + bias, rtol=1e-4, atol=1e-6
    )


def test_dropout_before_every_dense_layer():
    names = [layer.name for layer in build_head(units=(8, 4)).layers[2:]]
    assert names == [
        "head_dropout0",
        "head_dense0",
        "head_dropout1",
        "head_dense1",
        "head_dropout2",
        heads.LOGITS,
    ]


def test_dropout_acts_in_training_alone():
    head, x = build_head(), np.ones((2, 4, 5, 7), "float32")
    training = [_logits(head(x, training=True)) for _ in range(2)]
    inference = [_logits(head(x, training=False)) for _ in range(2)]
    assert not np.array_equal(*training)
    assert np.array_equal(*inference)


def _logits(outputs):
    return ops.convert_to_numpy(outputs["logits"])


@pytest.mark.parametrize(
    ("size", "pooled"), [((14, 14), 4), ((6, 6), 1), ((2, 3), 1), ((6, 6, 9), 2)]
)
def test_auxiliary_pooling_shrinks_with_the_map(size, pooled):
    head = heads.auxiliary_head(
        keras.Input((*size, 12)), classes=2, seed=0, name="auxiliary_head_0"
    )
    assert head.get_layer("auxiliary_head_0_pooling").output.shape[-2] == pooled
    assert head.get_layer("auxiliary_head_0_dense").units == 1024
    assert head.get_layer("auxiliary_head_0_dropout").rate == 0.7
    assert head.output.shape == (None, 2)
