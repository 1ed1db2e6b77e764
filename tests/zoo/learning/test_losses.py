import numpy as np
import pytest

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
