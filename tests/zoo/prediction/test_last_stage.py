import numpy as np
import pytest
import tensorflow as tf

from pipelines.tasks.target import Target
from zoo.prediction import last_stage
from zoo.targets.target_output import TargetOutput

STAGE = TargetOutput(target=Target(classes=("F0", "F1", "F2")))
GRADE = TargetOutput(
    target=Target(kind="ordinal", columns=("x",), classes=("G1", "G2"), name="grade")
)
SIGNS = TargetOutput(
    target=Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
)
FAT = TargetOutput(target=Target(kind="regression", columns=("fat", "kpa")))


def answer(target_output, *each, weights=None):
    tensors = [
        {target_output.shown_output: tf.constant(values, tf.float32)} for values in each
    ]
    answered = last_stage.answer(
        tensors, weights or [1.0] * len(each), (target_output,)
    )
    return {name: tensor.numpy() for name, tensor in answered.items()}


def test_the_label_of_classes_is_the_most_probable_of_equal_ones_the_first():
    answered = answer(STAGE, [[0.2, 0.3, 0.5], [0.1, 0.45, 0.45], [0.4, 0.2, 0.4]])
    assert answered["label"].tolist() == [b"F2", b"F1", b"F0"]
    assert answered["class_names"].tolist() == [[b"F0", b"F1", b"F2"]] * 3
    assert answered["probabilities"].dtype == np.float32


def test_of_a_further_target_all_names_end_in_its_own():
    answered = answer(GRADE, [[0.25, 0.75]])
    assert {*answered} == {"probabilities_grade", "label_grade", "class_names_grade"}
    assert answered["label_grade"].tolist() == [b"G2"]


def test_labels_of_their_own_are_present_above_a_half():
    answered = answer(SIGNS, [[0.5, 0.51], [0.9, 0.1]])
    assert answered["label"].tolist() == [[0, 1], [1, 0]]
    assert answered["label"].dtype == np.int64
    assert answered["class_names"].tolist() == [[b"A", b"B"]] * 2


def test_numbers_have_no_label():
    answered = answer(FAT, [[3.5, -1.0]])
    assert {*answered} == {"predictions"}
    assert answered["predictions"].tolist() == [[3.5, -1.0]]


def test_the_label_is_that_of_the_mean():
    answered = answer(STAGE, [[0.6, 0.4, 0]], [[0.1, 0.4, 0.5]], [[0, 0.4, 0.6]])
    assert answered["label"].tolist() == [b"F1"]


def test_a_mean_of_equal_weights_is_numpys_to_the_last_bit():
    values = np.random.default_rng(0).random((5, 40, 3), np.float32)
    for number in (1, 2, 3, 5):
        for weight in (1.0, 0.3):
            mean = last_stage.weighted_mean(
                [*map(tf.constant, values[:number])], [weight] * number
            )
            np.testing.assert_array_equal(mean, np.mean(values[:number], axis=0))


def test_weights_are_shares():
    answered = answer(FAT, [[0.0, 8.0]], [[4.0, 0.0]], weights=[1.0, 3.0])
    np.testing.assert_allclose(answered["predictions"], [[3.0, 2.0]], rtol=1e-6)


@pytest.mark.parametrize(
    ("number", "weights"), [(0, []), (2, [1.0]), (1, [0.0]), (2, [1.0, -1.0])]
)
def test_weights_that_fit_no_values(number, weights):
    with pytest.raises(ValueError, match="a positive weight for each. Received"):
        last_stage.weighted_mean([tf.zeros([1])] * number, weights)
