import numpy as np
import pytest
import tensorflow as tf

from pipelines.tasks.target import Target
from zoo.targets.target_output import TargetOutput, outputs_of_classes

LABELS = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
GRADES = Target(kind="ordinal", columns=("stage",), classes=("F0", "F1", "F2", "F3"))
NUMBERS = Target(kind="regression", columns=("kpa", "fat", "iron"))


@pytest.mark.parametrize(
    ("target", "size"),
    [(Target(classes=("x", "y")), 2), (LABELS, 2), (GRADES, 3), (NUMBERS, 3)],
)
def test_how_many_numbers_the_last_layer_gives(target, size):
    assert TargetOutput(target=target).size == size


def test_what_a_prediction_shows():
    further = Target(kind="regression", columns=("fat",), name="fat")
    assert TargetOutput(target=LABELS).shown_output == "probabilities"
    assert TargetOutput(target=further).shown_output == "predictions_fat"


def test_a_network_without_a_task():
    (target_output,) = outputs_of_classes(12)
    assert (target_output.kind.name, target_output.size, target_output.suffix) == (
        "classification",
        12,
        "",
    )
    with pytest.raises(ValueError, match="2 or more classes. Received: 1"):
        outputs_of_classes(1)


def test_its_own_numbers_of_those_of_all_targets():
    first = TargetOutput(target=Target(classes=("x", "y")))
    second = TargetOutput(target=NUMBERS, offset=1)
    targets = np.arange(8.0).reshape(2, 4)
    assert first.values_of(targets).tolist() == [[0], [4]]
    assert second.values_of(targets).tolist() == [[1, 2, 3], [5, 6, 7]]
    of_tensorflow = second.values_of(tf.constant(targets))
    np.testing.assert_array_equal(of_tensorflow.numpy(), second.values_of(targets))


def test_which_columns_are_standardised():
    assert TargetOutput(target=NUMBERS).standardised_columns == ("kpa", "fat", "iron")
    assert TargetOutput(target=GRADES).standardised_columns == ()
