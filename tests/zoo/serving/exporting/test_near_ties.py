import numpy as np

from pipelines.tasks.target import Target
from zoo.serving.exporting import near_ties
from zoo.serving.gate import comparison
from zoo.serving.gate.loading import Answer, Request
from zoo.targets.target_output import TargetOutput, outputs_of_classes

TOLERANCE = 1e-3
CLASSES = outputs_of_classes(3)
SIGNS = TargetOutput(
    target=Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
)


def held(probabilities, labels, targets=CLASSES):
    answers = {"probabilities": np.array(probabilities), "label": np.array(labels)}
    return near_ties.without(answers, targets, TOLERANCE)["label"].tolist()


def test_a_label_that_both_roundings_may_give_is_not_held_to():
    near, apart = [0.4, 0.4 + 2.7e-3, 0.2], [0.4, 0.4 + 2.9e-3, 0.2]
    assert held([near, apart], ["b", "b"]) == [None, "b"]


def test_what_is_near_below_the_largest_does_not_matter():
    assert held([[0.25, 0.25, 0.5]], ["c"]) == ["c"]


def test_each_of_several_labels_is_near_at_a_half():
    labels = held([[0.5014, 0.9], [0.6, 0.4986]], [[1, 1], [1, 0]], [SIGNS])
    assert labels == [[None, 1], [1, None]]


def test_a_half_itself_does_not_move():
    assert held([[0.5016, 0.4984]], [[1, 0]], [SIGNS]) == [[1, 0]]


def test_what_is_held_to_is_equal_to_itself():
    """Labels stay texts or integers to whoever compares them, beside those left out."""
    probabilities = np.array([[0.5, 0.9], [0.2, 0.8]])
    label = np.array([[1, 1], [0, 1]])
    held_to = near_ties.without(
        {"probabilities": probabilities, "label": label}, [SIGNS], TOLERANCE
    )
    asked = Request(signature="s", inputs={"x": np.zeros(2)})

    def problems(answered):
        refused, _ = comparison.differences(
            [asked], [Answer(outputs={"label": answered})], [held_to], TOLERANCE
        )
        return [refusal.problem for refusal in refused]

    assert problems(label) == []
    assert problems(1 - label) == [
        "its output label of a batch of 2 is another in 3 of 4 places"
    ]


def test_what_has_no_label_stays_as_it_is():
    answers = {"predictions": np.array([[1.0], [2.0]])}
    assert near_ties.without(answers, CLASSES, TOLERANCE) == answers
