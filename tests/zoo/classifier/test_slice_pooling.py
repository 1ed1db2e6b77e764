import numpy as np
from keras import ops

from zoo.classifier import slice_pooling


def test_attention_scores_are_the_formula():
    model = slice_pooling.attention(5, seed=0)
    features = np.random.default_rng(1).normal(size=(6, 5)).astype("float32")
    hidden, score = model.get_weights()
    assert hidden.shape == (5, slice_pooling.ATTENTION_UNITS)
    np.testing.assert_allclose(
        model.predict_on_batch(features), np.tanh(features @ hidden) @ score, rtol=1e-4
    )


def test_attended_features_are_a_weighted_mean():
    features = np.random.default_rng(1).normal(size=(6, 5)).astype("float32")
    scores = np.array([[0], [0], [0], [9e9], [0], [0]], "float32")
    found = slice_pooling.attended(ops.array(features), ops.array(scores), 3)
    found = ops.convert_to_numpy(found)
    np.testing.assert_allclose(found[0], features[:3].mean(0), rtol=1e-5)
    np.testing.assert_allclose(found[1], features[3], rtol=1e-5)
