import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.tasks.target import Target
from zoo.targets import split_knowledge

NAN = float("nan")
CLASSES = Target(classes=("control", "lesion", "other"))
LABELS = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
NUMBERS = Target(kind="regression", columns=("x",))


def counts(train=(4, 4, 4), validation=(2, 2, 2), test=(2, 2, 2)):
    """So many samples of every class."""
    numbers = {"train": train, "validation": validation, "test": test}
    return {
        split: np.repeat(np.arange(3.0), count)[:, None]
        for split, count in numbers.items()
    }


def test_no_test_split_is_allowed():
    split_knowledge.of_classes(counts(test=(0, 0, 0)), CLASSES, "val_auc")


def test_a_class_without_training_sample_is_an_error():
    with pytest.raises(
        DataError, match="train split wants samples of every class.*0 of other"
    ):
        split_knowledge.of_classes(counts(train=(4, 4, 0)), CLASSES, "val_loss")


def test_an_empty_validation_split_is_an_error():
    with pytest.raises(DataError, match="validation split wants.*Ingest with"):
        split_knowledge.of_classes(counts(validation=(0, 0, 0)), CLASSES, "val_loss")


def test_a_missing_validation_class_is_an_error_only_for_the_auc():
    lacking = counts(validation=(2, 0, 2))
    split_knowledge.of_classes(lacking, CLASSES, "val_loss")
    with pytest.raises(DataError, match="--optimisation.monitor val_loss"):
        split_knowledge.of_classes(lacking, CLASSES, "val_auc")


def test_a_test_split_of_one_class_is_an_error():
    with pytest.raises(DataError, match="test split wants samples of two classes"):
        split_knowledge.of_classes(counts(test=(3, 0, 0)), CLASSES, "val_auc")


def labels(train, validation):
    return {
        "train": np.array(train, float),
        "validation": np.array(validation, float),
        "test": np.zeros((0, 2)),
    }


def test_training_wants_every_label_both_ways():
    split_knowledge.of_labels(
        labels([[0, 1], [1, NAN], [NAN, 0]], [[0, 1], [1, 1]]), LABELS, "val_auc"
    )
    with pytest.raises(DataError, match="with and without each label.*0 with and 2 wi"):
        split_knowledge.of_labels(
            labels([[0, 1], [0, 0]], [[0, 1], [1, 1]]), LABELS, "val_auc"
        )


def test_validation_wants_a_label_both_ways_for_the_auc():
    lacking = labels([[0, 1], [1, 0]], [[0, 1], [0, NAN]])
    split_knowledge.of_labels(lacking, LABELS, "val_loss")
    with pytest.raises(DataError, match="at least one label.*monitor val_loss"):
        split_knowledge.of_labels(lacking, LABELS, "val_auc")
    with pytest.raises(DataError, match="validation split wants.*or more patients.$"):
        split_knowledge.of_labels(
            labels([[0, 1], [1, 0]], [[NAN, NAN]]), LABELS, "val_loss"
        )


def test_validation_wants_different_numbers():
    numbers = {
        "train": np.array([[1.0], [2.0]]),
        "validation": np.array([[1.0], [NAN], [1.0]]),
        "test": np.array([[1.0]]),
    }
    with pytest.raises(DataError, match="numbers of x. Received: 2 known, 1 different"):
        split_knowledge.of_numbers(numbers, NUMBERS, "val_loss")
    numbers["validation"][1] = 3
    split_knowledge.of_numbers(numbers, NUMBERS, "val_loss")
