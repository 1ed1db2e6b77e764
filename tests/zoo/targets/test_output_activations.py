import keras
import numpy as np
import pytest
from scipy.special import expit, softmax

from pipelines.tasks.target import Target
from zoo.targets.standardisation import ColumnStatistics
from zoo.targets.target_output import TargetOutput, outputs_of_classes

LABELS = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
GRADES = Target(kind="ordinal", columns=("stage",), classes=("F0", "F1", "F2", "F3"))
NUMBERS = Target(kind="regression", columns=("kpa", "fat"))


def activated(numbers, target_output):
    return target_output.kind.activation(
        numbers, target_output.suffix, target_output.column_statistics
    )


def answered(numbers, target_output):
    """The answers to numbers, by a model that was saved and loaded."""
    given = keras.Input((target_output.size,), name="given")
    model = keras.Model(given, activated(given, target_output))
    return model.predict_on_batch(np.asarray(numbers, "float32"))


def test_classes():
    numbers = [[1.0, -2.0, 0.5]]
    found = answered(numbers, outputs_of_classes(3)[0])
    np.testing.assert_allclose(found["logits"], numbers)
    np.testing.assert_allclose(found["probabilities"], softmax(numbers, 1), rtol=1e-6)


def test_labels_do_not_add_up():
    found = answered([[1.0, 2.0]], TargetOutput(target=LABELS))
    np.testing.assert_allclose(found["probabilities"], expit([[1.0, 2.0]]), rtol=1e-6)


@pytest.mark.parametrize("middle", [0.0, 12.0, -12.0, 40.0])
def test_ordered_classes_share_out_the_chances(middle):
    steps = np.array([[1.5, 0.25, -2.0]]) + middle
    found = answered(steps, TargetOutput(target=GRADES))
    above = np.concatenate([[1.0], expit(steps[0]), [0.0]])
    below = np.concatenate([[0.0], expit(-steps[0]), [1.0]])
    # Of two ways to take the difference, the one without cancellation.
    expected = np.where(
        above[:-1] < 0.5, above[:-1] - above[1:], below[1:] - below[:-1]
    )
    logits = np.log(expected)[None]
    np.testing.assert_allclose(found["logits"], logits, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found["probabilities"][0], expected, rtol=2e-3)
    assert found["probabilities"].sum() == pytest.approx(1, abs=1e-6)


def test_equal_steps_leave_nothing_for_the_class_between():
    found = answered([[1.0, 1.0, -1.0]], TargetOutput(target=GRADES))
    assert np.isfinite(found["logits"]).all()
    assert found["probabilities"][0, 1] < 1e-20


def test_two_ordered_classes_are_one_step():
    target_output = TargetOutput(
        target=Target(kind="ordinal", columns=("x",), classes=("a", "b"))
    )
    found = answered([[0.7]], target_output)["probabilities"][0]
    np.testing.assert_allclose(found, [expit(-0.7), expit(0.7)], rtol=1e-6)


def test_numbers_come_in_the_units_of_the_data_set():
    target_output = TargetOutput(
        target=NUMBERS,
        column_statistics=(
            ColumnStatistics(name="kpa", mean=10.0, deviation=2.0),
            ColumnStatistics(name="fat", mean=-1.0, deviation=0.5),
        ),
    )
    found = answered([[1.0, -2.0], [0.0, 4.0]], target_output)
    assert found.keys() == {"predictions"}
    np.testing.assert_allclose(found["predictions"], [[12, -2], [10, 1]], rtol=1e-6)


def test_further_targets_have_their_name_in_all_names():
    target = Target(kind="multilabel", columns=("a",), classes=("A",), name="signs")
    found = answered([[1.0]], TargetOutput(target=target))
    assert found.keys() == {"logits_signs", "probabilities_signs"}
