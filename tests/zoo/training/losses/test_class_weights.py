import numpy as np
import pytest

from pipelines.tasks.target import Target
from zoo.targets.target_output import TargetOutput, outputs_of_classes
from zoo.training.losses.class_weights import (
    WeightedOutput,
    loss_weights,
    of_heads,
    weighed,
)

NAN = float("nan")
LABELS = TargetOutput(
    target=Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
)
NUMBERS = TargetOutput(target=Target(kind="regression", columns=("x", "y")))
(CLASSES,) = outputs_of_classes(2)


def column(*labels):
    return np.array(labels, float)[:, None]


def test_balanced_weights_are_inverse_frequencies_with_mean_one():
    weights = weighed(CLASSES, column(*[0] * 30, *[1] * 10), "balanced").weights
    np.testing.assert_allclose(weights, [40 / 60, 40 / 20])
    assert np.dot(weights, (30, 10)) / 40 == pytest.approx(1)


def test_no_class_weights_are_ones():
    np.testing.assert_array_equal(
        weighed(CLASSES, column(0, 0, 1), "none").weights, [1, 1]
    )


@pytest.mark.parametrize("kind", ["none", "balanced"])
def test_unknown_classes_leave_the_mean_at_one(kind):
    labels = [0, 0, 0, 1, NAN, NAN]
    weights = weighed(CLASSES, column(*labels), kind).weights
    assert np.dot(weights, (3, 1)) / 6 == pytest.approx(1)


def test_a_class_that_training_has_not_weighs_nothing():
    weights = weighed(outputs_of_classes(3)[0], column(0, 2), "balanced").weights
    np.testing.assert_allclose(weights, [1 / 3 * 2, 0, 1 / 3 * 2])


def test_labels_weigh_by_presence_and_absence():
    values = np.array([[1, 0], [0, NAN], [0, 1], [0, NAN]])
    np.testing.assert_allclose(
        weighed(LABELS, values, "balanced").weights, [[4 / 6, 2], [2, 2]]
    )
    np.testing.assert_allclose(
        weighed(LABELS, values, "none").weights, [[1, 1], [2, 2]]
    )


def test_numbers_that_few_know_weigh_more():
    values = np.array([[1, 5], [2, NAN], [3, NAN], [4, NAN]])
    np.testing.assert_allclose(weighed(NUMBERS, values, "none").weights, [1, 4])


def test_heads_and_their_shares():
    further = TargetOutput(
        target=Target(classes=("x", "y"), columns=("z",), name="z"), offset=1
    )
    main = WeightedOutput(target_output=CLASSES, weights=np.ones(2), share=2.0)
    other = WeightedOutput(target_output=further, weights=np.ones(2), share=0.5)
    heads = of_heads(("logits", "logits_z", "auxiliary_0"), (main, other))
    assert heads == {"logits": main, "logits_z": other, "auxiliary_0": main}
    assert loss_weights(heads, 0.3) == {
        "logits": 2.0,
        "logits_z": 0.5,
        "auxiliary_0": 0.6,
    }
