"""No batch of training has a sample whose class is held out."""

import dataclasses
import itertools

import numpy as np
import pytest

from pipelines.batches import dataset, reading
from pipelines.batches.settings import BatchSettings
from pipelines.records import held_out_classes
from pipelines.tasks.target import Target
from tests.pipelines.batches.drawn import numbers
from tests.pipelines.records import small

SETTINGS = BatchSettings(normalisation="none", batch_size=2)
COUNTS = {("train", ""): 12, ("validation", ""): 4, ("test", ""): 3}
KNOWN = [n for n in range(12) if n % 3 != 1]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    task = dataclasses.replace(small.task(), target=Target(classes=("a", "b", "c")))
    folder = tmp_path_factory.mktemp("data")
    whole = small.data_set(folder, task, COUNTS, target_of=lambda n: (float(n % 3),))
    return held_out_classes.without(whole, ("b",))


def epochs(data, count, **options):
    steps = dataset.steps_per_epoch(data, SETTINGS)
    endless = dataset.train_batches(data, SETTINGS, **{"seed": 5} | options)
    taken = itertools.islice(endless.as_numpy_iterator(), steps * count)
    return steps, list(taken)


@pytest.mark.parametrize("options", [{}, {"cache_bytes": 0}])
def test_an_epoch_shows_every_known_sample_once(data, options):
    steps, batches = epochs(data, 2, **options)
    assert steps == 4
    for epoch in (batches[:4], batches[4:]):
        assert sorted(numbers(epoch)) == KNOWN
    for batch in batches:
        wanted = [[n % 3 / 2] for n in numbers([batch])]
        np.testing.assert_array_equal(batch["target"], wanted)


def test_balanced_batches_are_of_the_known_classes(data):
    _, batches = epochs(data, 2, balance=(1, 1))
    for batch in batches:
        assert sorted(batch["target"][:, 0]) == [0, 1]
    assert {*numbers(batches)} == {*KNOWN}


def test_known_and_held_out_are_all_samples_of_a_split(data):
    known = list(
        dataset.eval_batches(data, SETTINGS, split="validation").as_numpy_iterator()
    )
    held_out = list(
        dataset.held_out_batches(data, SETTINGS, split="validation").as_numpy_iterator()
    )
    assert sorted(numbers(known)) == [12, 14, 15]
    assert sorted(numbers(held_out)) == [13]
    assert np.isnan(held_out[0]["target"]).all()
    np.testing.assert_array_equal(
        held_out[0]["volume"][0], small.canonical(13).voxels.astype(np.float32)
    )


def test_where_all_are_known_nothing_is_held_out(tmp_path):
    data = small.data_set(tmp_path, small.task())
    batches = dataset.held_out_batches(data, SETTINGS, split="test")
    assert list(batches.as_numpy_iterator()) == []


def test_memory_is_counted_for_the_known(data, capsys):
    shards = tuple(shard for shard in data.shards if shard.group == "train")
    assert (reading.count(shards), reading.samples(data, shards)) == (12, 8)
    reading.kept(data, shards, 2, 10**9)
    assert "caching 8 volumes" in capsys.readouterr().err
