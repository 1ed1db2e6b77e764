import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from zoo.recipes.optimisation import Optimisation, Schedule
from zoo.recipes.recipe import Recipe
from zoo.recipes.transfer import Transfer
from zoo.targets.target_output import TargetOutput
from zoo.training.data import split_checks

NAN = float("nan")
CLASSES = TargetOutput(target=Target(classes=("control", "lesion", "other")))
LABELS = TargetOutput(
    target=Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
)
NUMBERS = TargetOutput(target=Target(kind="regression", columns=("x",)))


def counts(train=(4, 4, 4), validation=(2, 2, 2), test=(2, 2, 2)):
    """So many samples of every class."""
    numbers = {"train": train, "validation": validation, "test": test}
    return {
        split: np.repeat(np.arange(3.0), count)[:, None]
        for split, count in numbers.items()
    }


def test_targets_by_role(tmp_path):
    task = small.task(kind="folds", folds=3)
    groups = {("fold", "0"): 2, ("fold", "1"): 3, ("fold", "2"): 1, ("train", ""): 1}
    data = small.data_set(tmp_path, task, groups)
    found = split_checks.targets(data, "0")
    assert {split: one[:, 0].tolist() for split, one in found.items()} == {
        "test": [0, 1],
        "validation": [0, 1, 0],
        "train": [1, 0],
    }


def test_what_has_no_label_is_in_no_split(tmp_path):
    groups = {("train", ""): 2, ("test", ""): 1, ("unlabelled", ""): 3}
    nothing = {0: (0.0,), 1: (1.0,), 2: (1.0,)}
    data = small.data_set(
        tmp_path, small.task(), groups, target_of=lambda n: nothing.get(n, (NAN,))
    )
    found = split_checks.targets(data, None)
    assert {split: one[:, 0].tolist() for split, one in found.items()} == {
        "train": [0, 1],
        "validation": [],
        "test": [1],
    }


def test_a_further_target_must_be_learnable_and_no_more():
    further = TargetOutput(
        target=Target(classes=("x", "y"), columns=("z",), name="stage"), offset=1
    )
    known = {
        "train": np.array([[0, 0], [1, 1], [2, NAN]]),
        "validation": np.array([[0, NAN], [1, NAN], [2, NAN]]),
        "test": np.array([[0, NAN], [1, NAN], [2, NAN]]),
    }
    split_checks.check(known, (CLASSES, further), "val_auc")
    known["train"][0, 1] = NAN
    message = "every class of the target stage. Received: 0 of x, 1 of y"
    with pytest.raises(DataError, match=message):
        split_checks.check(known, (CLASSES, further), "val_auc")


def test_fewer_samples_than_a_batch_are_an_error():
    split_checks.check_batch(counts(train=(4, 4, 0)), Optimisation(batch_size=8))
    with pytest.raises(UsageError, match="wants 9 samples.*has 8.*--batch of 8 or"):
        split_checks.check_batch(counts(train=(4, 4, 0)), Optimisation(batch_size=9))


@pytest.mark.parametrize(
    ("samples", "batch_size", "left"),
    [(100, 25, 0), (100, 30, 0), (100, 53, 47), (15, 8, 7), (8, 8, 0)],
)
def test_more_than_a_tenth_that_an_epoch_leaves_out_is_told(samples, batch_size, left):
    told = split_checks.left_out(samples, Optimisation(batch_size=batch_size))
    start = f"Every epoch leaves out {left} of {samples} training samples"
    assert told.startswith(start) if left else told == ""


def test_of_balanced_batches_an_epoch_leaves_nothing_out():
    balanced = Optimisation(batch_size=8, balance=(1, 1))
    assert split_checks.left_out(15, balanced) == ""


def test_fewer_samples_than_an_update_are_an_error():
    fitting = Optimisation(batch_size=6, accumulate=2)
    split_checks.check_update(counts(train=(4, 4, 4)), fitting)
    with pytest.raises(UsageError, match="12 in all.*has 11.*smaller --accumulate"):
        split_checks.check_update(counts(train=(4, 4, 3)), fitting)


@pytest.mark.parametrize(
    ("transfer", "updates"),
    [(Transfer(), 18), (Transfer(frozen=("all", "none"), epochs=(1,)), 3)],
)
def test_a_warm_up_as_long_as_a_stage_is_an_error(transfer, updates):
    def recipe(warmup):
        schedule = Schedule(warmup_updates=warmup)
        told = Optimisation(batch_size=2, accumulate=2, epochs=6, schedule=schedule)
        return Recipe(transfer=transfer, optimisation=told)

    split_checks.check_warmup(counts(train=(4, 4, 4)), recipe(updates - 1))
    with pytest.raises(UsageError, match=f"warmup_updates={updates}, and {updates} "):
        split_checks.check_warmup(counts(train=(4, 4, 4)), recipe(updates))
