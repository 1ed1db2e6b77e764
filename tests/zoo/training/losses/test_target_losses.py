import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit, log_expit

from zoo.training.losses.target_losses import (
    HuberLoss,
    LabelsLoss,
    SquaredLoss,
    StepsLoss,
)


def sample(seed=0):
    """Targets between 0 and 1, and logits, `[7, 3]` each."""
    draw = np.random.default_rng(seed)
    return draw.uniform(size=(7, 3)), draw.normal(0, 4, (7, 3))


def called(loss, target, found):
    given = (np.asarray(one, np.float32) for one in (target, found))
    return loss.call(*map(tf.constant, given)).numpy()


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("share", [0.0, 0.1])
def test_labels_follow_the_formula_of_the_focal_loss(gamma, share):
    target, logits = sample()
    p, y = expit(logits), (1 - share) * target + share / 2
    wanted = -y * (1 - p) ** gamma * np.log(p)
    wanted -= (1 - y) * p**gamma * log_expit(-logits)
    found = called(LabelsLoss(gamma, share), target, logits)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_a_label_learned_by_heart_has_a_finite_slope():
    logits = tf.Variable([[60.0, -60.0]])
    with tf.GradientTape() as tape:
        loss = LabelsLoss(0.5)(tf.constant([[1.0, 0.0]]), logits)
    assert np.isfinite(tape.gradient(loss, logits).numpy()).all()


def test_a_label_without_weight_has_no_slope():
    logits = tf.Variable([[0.5, -0.5], [1.0, 2.0]])
    weights = tf.constant([[1.0, 0.0], [0.0, 2.0]])
    with tf.GradientTape() as tape:
        loss = LabelsLoss()(tf.zeros([2, 2]), logits, sample_weight=weights)
    slope = tape.gradient(loss, logits).numpy()
    np.testing.assert_allclose(slope, expit(logits.numpy()) * weights / 4, rtol=1e-6)


def test_steps_are_added_up():
    target, logits = sample()
    each = target * np.log(expit(logits)) + (1 - target) * log_expit(-logits)
    np.testing.assert_allclose(
        called(StepsLoss(), target, logits), -each.sum(axis=1), rtol=1e-4
    )


def test_squared_errors():
    found = called(SquaredLoss(), [[1.0, -2.0]], [[0.5, 1.0]])
    np.testing.assert_allclose(found, [[0.25, 9.0]])


def test_the_huber_loss_is_linear_beyond_one():
    found = called(HuberLoss(), [[0.0, 0.0, 0.0]], [[0.5, -1.0, 3.0]])
    np.testing.assert_allclose(found, [[0.125, 0.5, 2.5]])
