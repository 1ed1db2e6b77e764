import numpy as np
import pytest
from keras import ops

from zoo.targets import slice_votes

LOGITS = np.random.default_rng(0).normal(scale=3, size=(6, 4)).astype("float32")


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)


def voted(kind, logits=LOGITS, slices=3):
    found = slice_votes.vote(ops.array(logits), slices, kind)
    return ops.convert_to_numpy(found)


def test_probabilities_are_averaged():
    each = softmax(LOGITS).reshape(2, 3, 4)
    np.testing.assert_allclose(softmax(voted("probabilities")), each.mean(1), rtol=1e-5)


def test_logits_are_averaged():
    np.testing.assert_allclose(
        voted("logits"), LOGITS.reshape(2, 3, 4).mean(1), rtol=1e-5
    )


def test_the_largest_probabilities_are_made_to_add_up():
    largest = softmax(LOGITS).reshape(2, 3, 4).max(1)
    np.testing.assert_allclose(
        softmax(voted("max")), largest / largest.sum(-1, keepdims=True), rtol=1e-5
    )


@pytest.mark.parametrize("kind", ["probabilities", "logits", "max"])
def test_one_slice_is_the_volume(kind):
    np.testing.assert_allclose(
        softmax(voted(kind, slices=1)), softmax(LOGITS), rtol=1e-5
    )


def test_vote_is_stable_where_softmax_underflows():
    found = voted("probabilities", np.array([[0, -500], [0, -400]], "float32"), 2)
    np.testing.assert_allclose(found, [[0, -400 - np.log(2)]], rtol=1e-6)


def test_another_vote_is_refused():
    with pytest.raises(ValueError, match="pooling='median'"):
        slice_votes.vote(ops.array(LOGITS), 3, "median")


def test_mean_over_slices():
    features = np.arange(12, dtype="float32").reshape(6, 2)
    found = ops.convert_to_numpy(slice_votes.mean(ops.array(features), 3))
    assert found.tolist() == [[2, 3], [8, 9]]


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def pooled(function, kind, logits=LOGITS, slices=3):
    return ops.convert_to_numpy(function(ops.array(logits), slices, kind))


def test_chances_of_their_own_are_averaged_each():
    found = sigmoid(pooled(slice_votes.vote_each, "probabilities"))
    each = sigmoid(LOGITS).reshape(2, 3, 4)
    np.testing.assert_allclose(found, each.mean(1), rtol=1e-5)


def test_the_largest_chance_of_each():
    found = pooled(slice_votes.vote_each, "max")
    assert np.array_equal(found, LOGITS.reshape(2, 3, 4).max(1))


def test_averaged_logits_of_each():
    found = pooled(slice_votes.vote_each, "logits")
    np.testing.assert_allclose(found, LOGITS.reshape(2, 3, 4).mean(1), rtol=1e-5)


@pytest.mark.parametrize("kind", ["probabilities", "logits", "max"])
def test_falling_chances_still_fall(kind):
    falling = -np.sort(-LOGITS, axis=1)
    assert (np.diff(pooled(slice_votes.vote_each, kind, falling), axis=1) < 0).all()


def test_chances_of_each_are_stable_where_the_sigmoid_underflows():
    found = pooled(
        slice_votes.vote_each, "probabilities", np.array([[-500], [-400.0]]), 2
    )
    np.testing.assert_allclose(found, [[-400 - np.log(2)]], rtol=1e-6)


@pytest.mark.parametrize("kind", ["probabilities", "logits"])
def test_numbers_are_averaged(kind):
    found = pooled(slice_votes.value, kind)
    np.testing.assert_allclose(found, LOGITS.reshape(2, 3, 4).mean(1), rtol=1e-5)


def test_the_largest_number():
    found = pooled(slice_votes.value, "max")
    assert np.array_equal(found, LOGITS.reshape(2, 3, 4).max(1))
