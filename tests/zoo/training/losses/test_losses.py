import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax

from pipelines.errors import UsageError
from pipelines.tasks.target import Target
from zoo.recipes.optimisation import Optimisation
from zoo.targets.target_output import TargetOutput, outputs_of_classes
from zoo.training.losses import losses, target_losses


def test_cross_entropy_equals_keras_also_far_from_zero():
    draw = np.random.default_rng(0)
    logits = draw.normal(0, 30, (7, 3)).astype(np.float32)
    labels = draw.integers(0, 3, 7)
    one_hot = np.eye(3, dtype=np.float32)[labels]
    wanted = float(losses.class_loss()(one_hot, logits))
    assert losses.cross_entropy(labels, logits) == pytest.approx(wanted, rel=1e-5)


def sample(seed=0):
    """Targets that are no one-hot vectors, and logits, `[7, 3]` each."""
    draw = np.random.default_rng(seed)
    targets = draw.dirichlet(np.ones(3), 7).astype(np.float32)
    return targets, draw.normal(0, 3, (7, 3)).astype(np.float32)


def loss_of(targets, logits, **settings):
    made = losses.class_loss(**settings)
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
    made = losses.class_loss(focal_gamma=0.5)
    with tf.GradientTape() as tape:
        loss = made(tf.constant([[1.0, 0.0]]), logits)
    assert np.isfinite(tape.gradient(loss, logits).numpy()).all()


LABELS = TargetOutput(target=Target(kind="multilabel", columns=("a",), classes=("A",)))
GRADES = TargetOutput(target=Target(kind="ordinal", columns=("a",), classes=("A", "B")))
NUMBERS = TargetOutput(target=Target(kind="regression", columns=("a",)))
CLASSES = outputs_of_classes(2)[0]


@pytest.mark.parametrize(
    ("target_output", "changes", "kind"),
    [
        (CLASSES, {}, keras.losses.CategoricalCrossentropy),
        (CLASSES, {"focal_gamma": 2.0}, losses.Focal),
        (LABELS, {"focal_gamma": 2.0}, target_losses.LabelsLoss),
        (GRADES, {}, target_losses.StepsLoss),
        (NUMBERS, {}, target_losses.SquaredLoss),
        (NUMBERS, {"regression_loss": "huber"}, target_losses.HuberLoss),
    ],
)
def test_every_kind_of_target_has_its_loss(target_output, changes, kind):
    losses.check((target_output,), Optimisation(**changes))
    assert type(losses.loss_of(target_output, Optimisation(**changes))) is kind


@pytest.mark.parametrize(
    ("target_outputs", "changes", "message"),
    [
        (
            (NUMBERS,),
            {"label_smoothing": 0.1},
            "label_smoothing is for targets",
        ),
        ((GRADES,), {"focal_gamma": 2.0}, "focal_gamma .*Received: ordinal. Leave"),
        ((NUMBERS,), {"class_weights": "balanced"}, "class_weights is for targets"),
        ((CLASSES,), {"regression_loss": "huber"}, "regression_loss is for targets"),
        ((LABELS,), {"balance": (0.5, 0.5)}, "balance shares out the classes .*multil"),
        ((CLASSES,), {"target_weights": (1.0, 2.0)}, "one weight for each .* 2 for 1"),
    ],
)
def test_a_setting_that_no_target_can_follow(target_outputs, changes, message):
    with pytest.raises(UsageError, match=message):
        losses.check(target_outputs, Optimisation(**changes))


def test_a_setting_that_one_of_several_targets_can_follow():
    changes = {"focal_gamma": 2.0, "target_weights": (1.0, 0.5)}
    losses.check((CLASSES, NUMBERS), Optimisation(**changes))
