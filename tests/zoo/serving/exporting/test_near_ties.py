import numpy as np

from pipelines.tasks.target import Target
from zoo.serving.exporting import near_ties
from zoo.targets.target_output import TargetOutput, outputs_of_classes

TOLERANCE = 1e-3
CLASSES = outputs_of_classes(3)


def held(probabilities, labels, targets=CLASSES):
    answers = {"probabilities": np.array(probabilities), "label": np.array(labels)}
    return near_ties.without(answers, targets, TOLERANCE)["label"].tolist()


def test_a_label_that_both_roundings_may_give_is_not_held_to():
    near, apart = [0.4, 0.4 + 2.7e-3, 0.2], [0.4, 0.4 + 2.9e-3, 0.2]
    assert held([near, apart], ["b", "b"]) == [None, "b"]


def test_what_is_near_below_the_largest_does_not_matter():
    assert held([[0.25, 0.25, 0.5]], ["c"]) == ["c"]


def test_each_of_several_labels_is_near_at_a_half():
    target = TargetOutput(
        target=Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
    )
    found = held([[0.5005, 0.9], [0.6, 0.4995]], [[1, 1], [1, 0]], [target])
    assert found == [[None, 1], [1, None]]


def test_what_has_no_label_stays_as_it_is():
    answers = {"predictions": np.array([[1.0], [2.0]])}
    assert near_ties.without(answers, CLASSES, TOLERANCE) == answers
