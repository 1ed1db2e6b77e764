import itertools
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity.settings import Intensity
from pipelines.augment.mixing.settings import Mixing
from pipelines.augment.spatial.settings import AXES, Spatial
from pipelines.batches import dataset
from pipelines.batches.dataset import eval_batches, steps_per_epoch, train_batches
from pipelines.batches.samples import Variation
from pipelines.batches.settings import BatchSettings
from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from tests.pipelines.batches.drawn import assert_same, numbers
from tests.pipelines.records.small import SHAPE, canonical, data_set, task

UNCACHED = {"cache_bytes": 0}
# 7 volumes of 2 channels as int16, and a byte for luck: as float32 they do not fit.
CODES_CACHED = {"cache_bytes": 2 * 7 * 2 * SHAPE[0] * SHAPE[1] * SHAPE[2] + 1}
SETTINGS = BatchSettings(normalisation="none", batch_size=2)
ZSCORE = BatchSettings(normalisation="zscore", batch_size=2)
WHOLE = BatchSettings(normalisation="zscore", batch_size=7)  # all that train


def changed(**changes):
    return Variation(augmentation=Augmentation(**changes))


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())  # 7 train (in 4 shards), 3 validation, 2 test


def batches(data, count, settings=SETTINGS, **options):
    endless = train_batches(data, settings, **{"seed": 5} | options)
    return list(itertools.islice(endless.as_numpy_iterator(), count))


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
    spec = train_batches(data, ZSCORE, seed=0)
    assert spec.element_spec["volume"].shape == (2, *SHAPE, 2)
    assert spec.cardinality() == tf.data.INFINITE_CARDINALITY


@pytest.mark.parametrize("options", [{}, UNCACHED])
def test_every_epoch_has_each_sample_at_most_once_in_another_order(data, options):
    assert steps_per_epoch(data, SETTINGS) == 3
    run = batches(data, 12, **options)
    epochs = [numbers(run[3 * epoch : 3 * epoch + 3]) for epoch in range(4)]
    assert all(len({*epoch}) == 6 for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 4
    assert {number for epoch in epochs for number in epoch} == {*range(7)}


DRAWN = {
    "settings": ZSCORE,
    "variation": Variation(
        augmentation=Augmentation(spatial=Spatial(flip=AXES)),
        slices=Slices(train=2, depth=(0.2, 0.9)),
    ),
}


def test_seed_and_epoch_alone_decide(data):
    run = batches(data, 9, **DRAWN)
    assert_same(run, batches(data, 9, **DRAWN, **UNCACHED))
    assert_same(run, batches(data, 9, **DRAWN, **CODES_CACHED))
    assert_same(run[3:], batches(data, 6, **DRAWN, first_epoch=1))
    other = batches(data, 9, **DRAWN | {"seed": 6})
    assert numbers(run) != numbers(other)


def test_intensities_change_with_the_epoch_and_are_resumable(data):
    noisy = changed(intensity=Intensity(noise_chance=0.7, channel_dropout_chance=0.3))
    run = batches(data, 9, variation=noisy)
    assert_same(run[3:], batches(data, 6, variation=noisy, first_epoch=1, **UNCACHED))
    there = np.concatenate([batch["present"] for batch in run])
    volumes = np.concatenate([batch["volume"] for batch in run])
    assert 0 < there.mean() < 1
    np.testing.assert_array_equal(there > 0, volumes.any((1, 2, 3)))


def test_changes_that_the_channels_can_not_have_are_refused(data):
    turned = changed(intensity=Intensity(hue_chance=0.5))
    with pytest.raises(UsageError, match="of three sequences.* Received: 2"):
        batches(data, 1, variation=turned)


@pytest.mark.parametrize("slices", [None, Slices()])
def test_mixing_is_new_in_every_batch_and_resumable(data, slices):
    mixing = Augmentation(mixing=Mixing(cutmix=0.5, mixup=0.5))
    options = {
        "settings": replace(SETTINGS, batch_size=3),
        "variation": Variation(augmentation=mixing, slices=slices),
    }
    run = batches(data, 6, **options)
    assert run[0]["partner_target"].shape == (3, 1)
    assert len({batch["share"].tobytes() for batch in run}) == 6
    assert_same(run[2:], batches(data, 4, **options, first_epoch=1))
    assert_same(run, batches(data, 6, **options, **UNCACHED))
    assert_same(run, batches(data, 6, **options, **CODES_CACHED))


def test_drawn_slices_get_the_same_rectangle(data):
    cutmix = Augmentation(mixing=Mixing(cutmix=1.0))
    settings, slices = replace(SETTINGS, batch_size=4), Slices()
    (plain,) = batches(data, 1, settings, variation=Variation(slices=slices))
    (mixed,) = batches(
        data, 1, settings, variation=Variation(augmentation=cutmix, slices=slices)
    )
    changed = (plain["volume"] != mixed["volume"]).any(-1)
    np.testing.assert_array_equal(changed[:, 0], changed[:, 1])
    np.testing.assert_allclose(1 - changed.mean((1, 2, 3)), mixed["share"], atol=1e-6)
    assert 0.1 < changed.mean() < 0.9


def test_resampled_volumes_are_the_same_cached_or_not_and_resumed(data):
    turned = Spatial(rotation_degrees=(20, 0, 0), crop=(0.5, 0.9))
    options = {"variation": changed(spatial=turned)}
    run = batches(data, 6, **options)
    assert_same(run[3:], batches(data, 3, **options, **UNCACHED, first_epoch=1))


def test_the_seeds_of_the_process_play_no_part(data):
    run = batches(data, 6, **DRAWN)
    keras.utils.set_random_seed(1)
    assert_same(run, batches(data, 6, **DRAWN))
    assert tf.random.uniform([]) != tf.random.uniform([])


def test_draws_change_from_epoch_to_epoch(data):
    run = batches(data, 12, variation=changed(spatial=Spatial(flip=("width",))))
    seen = {}
    for batch in run:
        for name, volume in zip(batch["sample_id"], batch["volume"]):
            seen.setdefault(name, set()).add(volume.tobytes())
    assert max(len(volumes) for volumes in seen.values()) == 2


def test_slices_are_of_the_volume_normalised_as_a_whole(data):
    (batch,) = batches(data, 1, WHOLE, variation=Variation(slices=Slices(train=3)))
    assert batch["volume"].shape == (7, 3, 5, 4, 2)
    whole = batches(data, 1, WHOLE)[0]["volume"]
    for drawn, volume in zip(batch["volume"], whole):
        assert all(any(np.array_equal(one, s) for s in volume) for one in drawn)


@pytest.mark.parametrize("options", [{}, UNCACHED])
def test_channels_are_chosen_by_name(data, options):
    (both,) = batches(data, 1, ZSCORE, **options)
    (one,) = batches(data, 1, replace(ZSCORE, channels=("T2",)), **options)
    (turned,) = batches(data, 1, replace(ZSCORE, channels=("T2", "T1")), **options)
    np.testing.assert_allclose(one["volume"], both["volume"][..., 1:], atol=1e-5)
    np.testing.assert_allclose(turned["volume"], both["volume"][..., ::-1], atol=1e-5)
    assert one["present"].shape == (2, 1)


def test_it_says_what_it_keeps_in_memory(data, capfd):
    batches(data, 1)
    assert "caching 7 volumes, 0 MiB in memory" in capfd.readouterr().err
    batches(data, 1, **UNCACHED)
    assert "every epoch reads them again" in capfd.readouterr().err


def test_the_cache_reads_the_shards_once(data, tmp_path):
    endless = train_batches(data, SETTINGS, seed=0)
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
        run = eval_batches(data, ZSCORE, split=split)
        found = numbers(run.as_numpy_iterator())
        assert found == [*expected]


def test_evaluation_normalises_as_training_does(data):
    (one,) = batches(data, 1, WHOLE)
    run = eval_batches(data, WHOLE, split="train")
    (two,) = run.as_numpy_iterator()
    order = np.argsort(one["sample_id"])
    for key in one:
        np.testing.assert_array_equal(one[key][order], two[key])


def test_nothing_is_tuned_that_would_delay_the_end(data):
    for batches in (
        train_batches(data, SETTINGS, seed=0),
        eval_batches(data, SETTINGS, split="validation"),
    ):
        assert batches.options().autotune.enabled is False


def test_folds_choose_the_shards(tmp_path):
    counts = {("fold", str(n)): 2 for n in range(3)}
    data = data_set(tmp_path, task(kind="folds", folds=3), counts)
    run = eval_batches(data, replace(SETTINGS, fold="1", batch_size=4), split="test")
    assert numbers(run.as_numpy_iterator()) == [2, 3]
    assert {*numbers(batches(data, 1, replace(SETTINGS, fold="1")))} == {0, 1}


def test_compressed_shards_read_the_same(tmp_path):
    for name in ("plain", "packed"):
        (tmp_path / name).mkdir()
    plain = data_set(tmp_path / "plain", task())
    packed = data_set(tmp_path / "packed", task(gzip=True))
    assert_same(batches(plain, 3), batches(packed, 3))


def test_fewer_samples_than_a_batch_are_refused(data):
    with pytest.raises(DataError, match="7 samples for train, which fill no batch"):
        batches(data, 1, replace(SETTINGS, batch_size=8))
    with pytest.raises(DataError, match="between 1 and 7. Received: batch_size=0"):
        steps_per_epoch(data, replace(SETTINGS, batch_size=0))


def test_slices_are_checked(data):
    slices = Slices(train=4, depth=(0.5, 1.0))
    with pytest.raises(UsageError, match="slices.train wants 4 .* leaves 3"):
        batches(data, 1, variation=Variation(slices=slices))
