import dataclasses

import pytest

from pipelines.batches import class_quotas
from pipelines.errors import DataError, UsageError
from pipelines.tasks.target import Target
from tests.pipelines.records.small import data_set, task

CLASSES = ("no", "rare", "yes")


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())  # train: 4 samples of class 0, 3 of class 1


@pytest.mark.parametrize(
    ("shares", "size", "wanted"),
    [
        ((1, 1, 1), 6, (2, 2, 2)),
        ((0.5, 0.25, 0.25), 8, (4, 2, 2)),
        ((1 / 3, 1 / 3, 1 / 3), 9, (3, 3, 3)),
        ((7, 2, 1), 10, (7, 2, 1)),
    ],
)
def test_quotas_are_exact_shares_of_a_batch(shares, size, wanted):
    assert class_quotas.quotas(shares, size, CLASSES) == wanted


def test_shares_that_a_batch_cannot_have_name_sizes_that_can():
    with pytest.raises(
        UsageError, match=r"2.66667 \+ 2.66667 \+ 2.66667 samples of no, rare"
    ):
        class_quotas.quotas((1, 1, 1), 8, CLASSES)
    with pytest.raises(UsageError, match="Take a batch of 9 or 6"):
        class_quotas.quotas((1, 1, 1), 8, CLASSES)
    with pytest.raises(UsageError, match="Take rounder shares"):
        class_quotas.quotas((0.3331, 0.3331, 0.3338), 8, CLASSES)


@pytest.mark.parametrize("shares", [(1, 1), (1, 0, 1), (1, 1, 1, 1)])
def test_every_class_wants_a_share(shares):
    with pytest.raises(UsageError, match="one positive share for each class: no, rare"):
        class_quotas.quotas(shares, 8, CLASSES)


def test_a_class_without_samples_is_an_error(tmp_path):
    alone = data_set(tmp_path, task(), {("train", ""): 1, ("validation", ""): 2})
    with pytest.raises(DataError, match="Received: 1 of no, 0 of yes"):
        class_quotas.count_classes(alone, alone.shards[:1])


def test_samples_without_one_class_each_are_an_error(data):
    target = Target(kind="multilabel", columns=("a", "b"), classes=("no", "yes"))
    other = dataclasses.replace(
        data, task=dataclasses.replace(data.task, target=target)
    )
    with pytest.raises(UsageError, match="one class each.*Received: 'multilabel'"):
        class_quotas.count_classes(other, data.shards)


def test_a_balance_is_checked_before_any_batch(data):
    class_quotas.check((), data, None, 4)
    class_quotas.check((1, 3), data, None, 4)
    with pytest.raises(UsageError, match="can't be shared out by balance 1 2"):
        class_quotas.check((1, 2), data, None, 4)
