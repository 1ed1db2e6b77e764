import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity.settings import Intensity
from pipelines.augment.mixing.settings import Mixing
from pipelines.augment.spatial.settings import AXES, Spatial
from pipelines.batches import dataset
from pipelines.batches.dataset import (
    eval_batches,
    guard,
    steps_per_epoch,
    train_batches,
)
from pipelines.errors import DataError, UsageError
from pipelines.records import shards
from pipelines.records.directory import open_dataset
from pipelines.records.encode import encode
from tests.pipelines.batches.drawn import assert_same, numbers
from tests.pipelines.records.small import SHAPE, canonical, data_set, sample, task

UNCACHED = {"cache_bytes": 0}


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())  # 7 train (in 4 shards), 3 validation, 2 test


def batches(data, count, **options):
    defaults = {"normalisation": "none", "batch_size": 2, "seed": 5}
    batches = train_batches(data, **defaults | options)
    return list(itertools.islice(batches.as_numpy_iterator(), count))


def test_a_batch_holds_what_the_records_hold(data):
    (batch,) = batches(data, 1)
    assert {key: value.shape for key, value in batch.items()} == {
        "volume": (2, *SHAPE, 2),
        "target": (2, 1),
        "present": (2, 2),
        "covariates": (2, 0),
        "sample_id": (2,),
        "patient_id": (2,),
        "study_id": (2,),
    }
    for volume, target, number in zip(
        batch["volume"], batch["target"], numbers([batch])
    ):
        np.testing.assert_array_equal(volume, canonical(number).voxels)
        assert target == number % 2


def test_shapes_are_known_and_there_is_no_end(data):
    spec = train_batches(data, normalisation="zscore", batch_size=2, seed=0)
    assert spec.element_spec["volume"].shape == (2, *SHAPE, 2)
    assert spec.cardinality() == tf.data.INFINITE_CARDINALITY


@pytest.mark.parametrize("options", [{}, UNCACHED])
def test_every_epoch_has_each_sample_at_most_once_in_another_order(data, options):
    assert steps_per_epoch(data, batch_size=2) == 3
    run = batches(data, 12, **options)
    epochs = [numbers(run[3 * epoch : 3 * epoch + 3]) for epoch in range(4)]
    assert all(len({*epoch}) == 6 for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 4
    assert {number for epoch in epochs for number in epoch} == {*range(7)}


DRAWN = {
    "augmentation": Augmentation(spatial=Spatial(flip=AXES)),
    "normalisation": "zscore",
    "slices": 2,
    "depth": (0.2, 0.9),
}


def test_seed_and_epoch_alone_decide(data):
    run = batches(data, 9, **DRAWN)
    assert_same(run, batches(data, 9, **DRAWN, **UNCACHED))
    assert_same(run[3:], batches(data, 6, **DRAWN, first_epoch=1))
    other = batches(data, 9, **DRAWN | {"seed": 6})
    assert numbers(run) != numbers(other)


def test_intensities_change_with_the_epoch_and_are_resumable(data):
    noisy = Augmentation(
        intensity=Intensity(noise_chance=0.7, channel_dropout_chance=0.3)
    )
    run = batches(data, 9, augmentation=noisy)
    assert_same(
        run[3:], batches(data, 6, augmentation=noisy, first_epoch=1, **UNCACHED)
    )
    there = np.concatenate([batch["present"] for batch in run])
    volumes = np.concatenate([batch["volume"] for batch in run])
    assert 0 < there.mean() < 1
    np.testing.assert_array_equal(there > 0, volumes.any((1, 2, 3)))


def test_changes_that_the_channels_can_not_have_are_refused(data):
    turned = Augmentation(intensity=Intensity(hue_chance=0.5))
    with pytest.raises(UsageError, match="of three sequences.* Received: 2"):
        batches(data, 1, augmentation=turned)


MIXED = {
    "augmentation": Augmentation(mixing=Mixing(cutmix=0.5, mixup=0.5)),
    "batch_size": 3,
}


@pytest.mark.parametrize("slices", [0, 2])
def test_mixing_is_new_in_every_batch_and_resumable(data, slices):
    run = batches(data, 6, **MIXED, slices=slices)
    assert run[0]["partner_target"].shape == (3, 1)
    assert len({batch["share"].tobytes() for batch in run}) == 6
    assert_same(run[2:], batches(data, 4, **MIXED, slices=slices, first_epoch=1))
    assert_same(run, batches(data, 6, **MIXED, slices=slices, **UNCACHED))


def test_drawn_slices_get_the_same_rectangle(data):
    cutmix = Augmentation(mixing=Mixing(cutmix=1.0))
    shared = {"slices": 2, "batch_size": 4}
    (plain,) = batches(data, 1, **shared)
    (mixed,) = batches(data, 1, **shared, augmentation=cutmix)
    changed = (plain["volume"] != mixed["volume"]).any(-1)
    np.testing.assert_array_equal(changed[:, 0], changed[:, 1])
    np.testing.assert_allclose(1 - changed.mean((1, 2, 3)), mixed["share"], atol=1e-6)
    assert 0.1 < changed.mean() < 0.9


def test_resampled_volumes_are_the_same_cached_or_not_and_resumed(data):
    turned = Spatial(rotation_degrees=(20, 0, 0), crop=(0.5, 0.9))
    options = {"augmentation": Augmentation(spatial=turned)}
    run = batches(data, 6, **options)
    assert_same(run[3:], batches(data, 3, **options, **UNCACHED, first_epoch=1))


def test_the_seeds_of_the_process_play_no_part(data):
    run = batches(data, 6, **DRAWN)
    keras.utils.set_random_seed(1)
    assert_same(run, batches(data, 6, **DRAWN))
    assert tf.random.uniform([]) != tf.random.uniform([])


def test_draws_change_from_epoch_to_epoch(data):
    flips = Augmentation(spatial=Spatial(flip=("width",)))
    run = batches(data, 12, augmentation=flips)
    seen = {}
    for batch in run:
        for name, volume in zip(batch["sample_id"], batch["volume"]):
            seen.setdefault(name, set()).add(volume.tobytes())
    assert max(len(volumes) for volumes in seen.values()) == 2


def test_slices_are_of_the_volume_normalised_as_a_whole(data):
    (batch,) = batches(data, 1, slices=3, normalisation="zscore", batch_size=7)
    assert batch["volume"].shape == (7, 3, 5, 4, 2)
    whole = batches(data, 1, normalisation="zscore", batch_size=7)[0]["volume"]
    for drawn, volume in zip(batch["volume"], whole):
        assert all(any(np.array_equal(one, s) for s in volume) for one in drawn)


@pytest.mark.parametrize("options", [{}, UNCACHED])
def test_channels_are_chosen_by_name(data, options):
    (both,) = batches(data, 1, normalisation="zscore", **options)
    (one,) = batches(data, 1, channels=("T2",), normalisation="zscore", **options)
    (turned,) = batches(
        data, 1, channels=("T2", "T1"), normalisation="zscore", **options
    )
    np.testing.assert_allclose(one["volume"], both["volume"][..., 1:], atol=1e-5)
    np.testing.assert_allclose(turned["volume"], both["volume"][..., ::-1], atol=1e-5)
    assert one["present"].shape == (2, 1)


def test_it_says_what_it_keeps_in_memory(data, capfd):
    batches(data, 1)
    assert "caching 7 volumes, 0 MiB in memory" in capfd.readouterr().err
    batches(data, 1, **UNCACHED)
    assert "every epoch reads them again" in capfd.readouterr().err


def test_the_cache_reads_the_shards_once(data, tmp_path):
    endless = train_batches(data, normalisation="none", batch_size=2, seed=0)
    taken = endless.as_numpy_iterator()
    for _ in range(3):
        next(taken)
    for path in tmp_path.glob("train*"):
        path.unlink()
    assert len(numbers([next(taken) for _ in range(9)])) == 18
    next(iter(endless))


def test_a_small_shuffle_buffer_still_gives_every_sample(data, monkeypatch):
    monkeypatch.setattr(dataset.reading, "SHUFFLE_BYTES", 1)
    run = batches(data, 6)
    assert len({*numbers(run[:3])}) == 6
    assert_same(run, batches(data, 6, **UNCACHED))


def test_evaluation_is_all_samples_in_order(data):
    for split, expected in (("train", range(7)), ("validation", range(7, 10))):
        run = eval_batches(data, split=split, normalisation="zscore", batch_size=2)
        found = numbers(run.as_numpy_iterator())
        assert found == [*expected]


def test_evaluation_normalises_as_training_does(data):
    (one,) = batches(data, 1, batch_size=7, normalisation="zscore")
    run = eval_batches(data, split="train", normalisation="zscore", batch_size=7)
    (two,) = run.as_numpy_iterator()
    order = np.argsort(one["sample_id"])
    for key in one:
        np.testing.assert_array_equal(one[key][order], two[key])


def test_folds_choose_the_shards(tmp_path):
    counts = {("fold", str(n)): 2 for n in range(3)}
    data = data_set(tmp_path, task(kind="folds", folds=3), counts)
    run = eval_batches(data, split="test", fold="1", normalisation="none", batch_size=4)
    assert numbers(run.as_numpy_iterator()) == [2, 3]
    assert {*numbers(batches(data, 1, fold="1"))} == {0, 1}


def test_compressed_shards_read_the_same(tmp_path):
    for name in ("plain", "packed"):
        (tmp_path / name).mkdir()
    plain = data_set(tmp_path / "plain", task())
    packed = data_set(tmp_path / "packed", task(gzip=True))
    assert_same(batches(plain, 3), batches(packed, 3))


def test_fewer_samples_than_a_batch_are_refused(data):
    with pytest.raises(DataError, match="7 samples for train, which fill no batch"):
        batches(data, 1, batch_size=8)
    with pytest.raises(DataError, match="between 1 and 7. Received: batch_size=0"):
        steps_per_epoch(data, batch_size=0)


def test_slices_are_checked(data):
    with pytest.raises(UsageError, match="slices.train wants 4 .* leaves 3"):
        batches(data, 1, slices=4, depth=(0.5, 1.0))


def flip_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("gzip", [False, True])
def test_a_flipped_byte_names_the_shard_and_the_cure(tmp_path, gzip):
    data = data_set(tmp_path, task(gzip=gzip))
    name = "train-00002-of-00004.tfrecord"
    flip_byte(tmp_path / name)
    opened = open_dataset(tmp_path)
    match = f"damaged shards: {name} .*Copy the data set again, or ingest again"
    with pytest.raises(DataError, match=match), guard(opened):
        batches(opened, 3)
    with pytest.raises(DataError, match="--verify` says which"), guard():
        list(eval_batches(data, split="train", normalisation="none", batch_size=1))


def test_a_shard_that_went_away(data, tmp_path):
    (tmp_path / "test-00000-of-00001.tfrecord").unlink()
    with pytest.raises(DataError, match=r"test-0.* \(missing\)"), guard(data):
        list(eval_batches(data, split="test", normalisation="none", batch_size=1))


def test_a_fault_of_the_disk_is_told_from_damage(data):
    with pytest.raises(DataError, match="all have their recorded SHA-256"), guard(data):
        raise tf.errors.DataLossError(None, None, "corrupted record")


def test_records_of_another_task_are_refused(data, tmp_path):
    other = task(channels=("T1", "FLAIR"))
    record = encode(sample(), other).record
    name = "test-00000-of-00001.tfrecord"
    (shard,) = shards.write([record], tmp_path, "test", records_total=1)
    assert shard.name == name
    with pytest.raises(DataError, match="holds a record of another task"), guard(data):
        list(eval_batches(data, split="test", normalisation="none", batch_size=1))


def test_other_errors_pass_the_guard(data):
    with pytest.raises(tf.errors.NotFoundError, match="a file of its own"), guard(data):
        raise tf.errors.NotFoundError(None, None, "a file of its own")
    with pytest.raises(tf.errors.InvalidArgumentError, match="own"), guard(data):
        raise tf.errors.InvalidArgumentError(None, None, "own")
