import keras
import numpy as np
import tensorflow as tf

from tests.zoo.learning import standin
from zoo.learning.supervision import inputs_of, supervise


def test_every_head_gets_one_hot_targets_and_class_weights():
    batches = supervise(
        standin.evaluation(4),
        heads=("logits", "auxiliary_0"),
        weights=np.array([0.5, 3.0], np.float32),
    )
    volume, targets, weights = next(iter(batches))
    assert volume.shape == (4, *standin.SHAPE)
    for head in ("logits", "auxiliary_0"):
        np.testing.assert_array_equal(targets[head], np.eye(2)[[0, 1, 0, 1]])
        np.testing.assert_array_equal(weights[head], [0.5, 3, 0.5, 3])


def test_a_mixed_sample_has_the_loss_of_both_by_share():
    weights = np.array([0.5, 3.0, 1.0], np.float32)
    own, theirs = np.array([0, 1, 2, 1]), np.array([1, 2, 2, 1])
    share = np.array([0.3, 0.0, 0.6, 1.0], np.float32)
    element = {
        "volume": np.zeros((4, 2, 2, 2, 1), np.float32),
        "target": own[:, None].astype(np.float32),
        "partner_target": theirs[:, None].astype(np.float32),
        "share": share,
    }
    batches = supervise(
        tf.data.Dataset.from_tensors(element), heads=("logits",), weights=weights
    )
    _, targets, sample_weights = next(iter(batches))
    logits = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)

    def losses(labels):
        each = -tf.nn.log_softmax(logits).numpy()[range(4), labels]
        return weights[labels] * each

    found = sample_weights["logits"] * keras.losses.categorical_crossentropy(
        targets["logits"], logits, from_logits=True
    )
    expected = share * losses(own) + (1 - share) * losses(theirs)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_covariates_are_an_input_where_there_are_some():
    element = {"volume": tf.zeros([2, 3]), "covariates": tf.ones([2, 4]), "more": 1}
    found = inputs_of(element)
    assert {name: one.shape for name, one in found.items()} == {
        "volume": (2, 3),
        "covariates": (2, 4),
    }
    assert inputs_of(element | {"covariates": tf.zeros([2, 0])}).shape == (2, 3)
