import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax

from zoo.training.losses import class_losses


def sample(seed=0):
    """Targets that are no one-hot vectors, and logits, `[7, 3]` each."""
    draw = np.random.default_rng(seed)
    targets = draw.dirichlet(np.ones(3), 7).astype(np.float32)
    return targets, draw.normal(0, 3, (7, 3)).astype(np.float32)


def loss_of(targets, logits, **settings):
    made = class_losses.class_loss(**settings)
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
    made = class_losses.class_loss(focal_gamma=0.5)
    with tf.GradientTape() as tape:
        loss = made(tf.constant([[1.0, 0.0]]), logits)
    assert np.isfinite(tape.gradient(loss, logits).numpy()).all()
