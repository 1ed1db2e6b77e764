import itertools
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches import balance
from pipelines.batches.dataset import train_batches
from pipelines.batches.settings import BatchSettings
from tests.pipelines.records.small import data_set, seed_of, task

SETTINGS = BatchSettings(normalisation="none", batch_size=4)


COUNTS = (50, 3, 20)
SOURCES = [tf.data.Dataset.range(100 * i, 100 * i + n) for i, n in enumerate(COUNTS)]


def drawn(samples, seed=(1, 2), buffer=73, quota=(1, 2, 1)):
    order = balance.epoch(SOURCES, COUNTS, buffer, quota, tf.constant(seed, tf.int64))
    return np.array(list(order.take(samples).as_numpy_iterator()))


def test_each_batch_has_its_quota_and_each_class_goes_round():
    batches = drawn(40 * 4).reshape(40, 4)
    for batch in batches:
        np.testing.assert_array_equal(np.bincount(batch // 100), [1, 2, 1])
    rare = batches[batches // 100 == 1]
    for start in range(0, 78, 3):
        assert {*rare[start : start + 3]} == {100, 101, 102}
    common = batches[batches // 100 == 0]
    assert len({*common}) == 40, "none of 50 twice in 40"
    orders = {tuple(rare[i : i + 3]) for i in range(0, 78, 3)}
    assert len(orders) > 3, "every round has an order of its own"


def test_the_order_follows_from_the_seed():
    np.testing.assert_array_equal(drawn(60), drawn(60))
    assert (drawn(60) != drawn(60, seed=(1, 3))).any()


def test_places_of_the_classes_in_a_batch_are_drawn():
    classes = drawn(40 * 4).reshape(40, 4) // 100
    assert len({tuple(row) for row in classes}) > 6


def test_a_small_buffer_changes_no_quota():
    batches = drawn(80, buffer=4).reshape(20, 4)
    assert all((np.bincount(row // 100) == [1, 2, 1]).all() for row in batches)


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())  # train: 4 samples of class 0, 3 of class 1


def batches(data, count, **options):
    stream = train_batches(data, SETTINGS, seed=5, balance=(1, 3), **options)
    return list(itertools.islice(stream.as_numpy_iterator(), count))


def numbers(batches):
    return [seed_of(name) for batch in batches for name in batch["sample_id"]]


@pytest.mark.parametrize("options", [{}, {"cache_bytes": 0}])
def test_batches_of_a_data_set_have_the_stated_shares(data, options):
    found = batches(data, 20, **options)
    for batch in found:
        assert batch["target"].sum() == 3
        assert [n % 2 for n in numbers([batch])] == batch["target"][:, 0].tolist()
    assert {*numbers(found)} == {*range(7)}
    assert numbers(found) == numbers(batches(data, 20, cache_bytes=2**30))


def test_a_resumed_stream_is_the_same(data):
    whole = numbers(batches(data, 5))  # an epoch has one batch
    assert numbers(batches(data, 3, first_epoch=2)) == whole[8:]
    assert len({tuple(whole[i : i + 4]) for i in range(0, 20, 4)}) > 1


def test_a_foreign_record_is_an_error(data, tmp_path):
    (tmp_path / "other").mkdir()
    other = data_set(tmp_path / "other", task(shape=(6, 5, 5)))
    foreign = [replace(shard, name=f"other/{shard.name}") for shard in other.shards]
    with pytest.raises(tf.errors.InvalidArgumentError, match="record of another task"):
        batches(replace(data, shards=tuple(foreign)), 1)
