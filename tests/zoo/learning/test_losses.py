import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax

from zoo.learning import losses


def test_balanced_weights_are_inverse_frequencies_with_mean_one():
    weights = losses.class_weights("balanced", (30, 10))
    np.testing.assert_allclose(weights, [40 / 60, 40 / 20])
    assert np.dot(weights, (30, 10)) / 40 == pytest.approx(1)


def test_no_class_weights_are_ones():
    np.testing.assert_array_equal(losses.class_weights("none", (30, 10)), [1, 1])


def test_auxiliary_heads_weigh_what_the_recipe_says():
    assert losses.loss_weights(("logits", "auxiliary_0"), 0.3) == {
        "logits": 1.0,
        "auxiliary_0": 0.3,
    }


def test_cross_entropy_equals_keras_also_far_from_zero():
    draw = np.random.default_rng(0)
    logits = draw.normal(0, 30, (7, 3)).astype(np.float32)
    labels = draw.integers(0, 3, 7)
    one_hot = np.eye(3, dtype=np.float32)[labels]
    wanted = float(losses.losses(["logits"])["logits"](one_hot, logits))
    assert losses.cross_entropy(labels, logits) == pytest.approx(wanted, rel=1e-5)


def sample(seed=0):
    """Targets that are no one-hot vectors, and logits, `[7, 3]` each."""
    draw = np.random.default_rng(seed)
    targets = draw.dirichlet(np.ones(3), 7).astype(np.float32)
    return targets, draw.normal(0, 3, (7, 3)).astype(np.float32)


def loss_of(targets, logits, **settings):
    made = losses.losses(["logits"], **settings)["logits"]
    return made.call(targets, logits).numpy()


@pytest.mark.parametrize("gamma", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("share", [0.0, 0.1])
def test_focal_loss_equals_the_formula_of_the_paper(gamma, share):
    targets, logits = sample()
    p = softmax(logits.astype(np.float64), axis=1)
    smooth = (1 - share) * targets + share / 3
    wanted = -np.sum(smooth * (1 - p) ** gamma * np.log(p), axis=1)
    found = loss_of(targets, logits, focal_gamma=gamma, label_smoothing=share)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_smoothed_cross_entropy_equals_its_formula():
    targets, logits = sample()
    p = softmax(logits.astype(np.float64), axis=1)
    wanted = -np.sum((0.8 * targets + 0.2 / 3) * np.log(p), axis=1)
    found = loss_of(targets, logits, label_smoothing=0.2)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_focal_loss_of_a_sample_learned_by_heart_has_a_finite_slope():
    logits = tf.Variable([[60.0, 0.0]])
    made = losses.losses(["logits"], focal_gamma=0.5)["logits"]
    with tf.GradientTape() as tape:
        loss = made(tf.constant([[1.0, 0.0]]), logits)
    assert np.isfinite(tape.gradient(loss, logits).numpy()).all()
