import pytest

from pipelines.errors import DataError
from zoo.learning import splits
from zoo.optimisation import Optimisation

CLASSES = ("control", "lesion", "other")


def counts(train=(4, 4, 4), validation=(2, 2, 2), test=(2, 2, 2)):
    return {"train": train, "validation": validation, "test": test}


def test_counts_by_role_and_class():
    groups = {
        "fold-0": {"control": 1, "lesion": 0},
        "fold-1": {"control": 0, "lesion": 2},
        "fold-2": {"control": 1, "lesion": 0},
        "train": {"control": 5, "lesion": 0},
    }
    roles = {
        "fold-0": "test",
        "fold-1": "train",
        "fold-2": "validation",
        "train": "train",
    }
    assert splits.count(groups, roles, ("control", "lesion")) == {
        "train": (5, 2),
        "validation": (1, 0),
        "test": (1, 0),
    }


def test_no_test_split_is_allowed():
    splits.check(counts(test=(0, 0, 0)), CLASSES, "val_auc")


def test_a_class_without_training_sample_is_an_error():
    with pytest.raises(
        DataError, match="train split wants samples of every class.*0 of other"
    ):
        splits.check(counts(train=(4, 4, 0)), CLASSES, "val_loss")


def test_an_empty_validation_split_is_an_error():
    with pytest.raises(DataError, match="validation split wants.*Ingest with"):
        splits.check(counts(validation=(0, 0, 0)), CLASSES, "val_loss")


def test_a_missing_validation_class_is_an_error_only_for_the_auc():
    lacking = counts(validation=(2, 0, 2))
    splits.check(lacking, CLASSES, "val_loss")
    with pytest.raises(DataError, match="--optimisation.monitor val_loss"):
        splits.check(lacking, CLASSES, "val_auc")


def test_a_test_split_of_one_class_is_an_error():
    with pytest.raises(DataError, match="test split wants samples of two classes"):
        splits.check(counts(test=(3, 0, 0)), CLASSES, "val_auc")


def test_fewer_samples_than_an_update_are_an_error():
    fitting = Optimisation(batch_size=6, accumulate=2)
    splits.check_update(counts(train=(4, 4, 4)), fitting)
    with pytest.raises(DataError, match="12 in all.*has 11.*smaller --accumulate"):
        splits.check_update(counts(train=(4, 4, 3)), fitting)
