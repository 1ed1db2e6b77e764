import itertools
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity.settings import Intensity
from pipelines.augment.mixing.settings import Mixing
from pipelines.augment.spatial.settings import AXES, Spatial
from pipelines.batches.dataset import train_batches
from pipelines.batches.samples import Variation
from pipelines.batches.semi_supervised import beside, unlabelled_batches
from pipelines.batches.settings import BatchSettings
from pipelines.batches.slices import Slices
from pipelines.covariates.encoding import Covariate, Encoding
from pipelines.errors import DataError, UsageError
from tests.pipelines.batches.drawn import assert_same, numbers
from tests.pipelines.records.small import SHAPE, canonical, data_set, task

COUNTS = {("train", ""): 4, ("validation", ""): 2, ("unlabelled", ""): 5}
APART = range(6, 11)  # numbers of the unlabelled samples
FLIPPED = Variation(augmentation=Augmentation(spatial=Spatial(flip=AXES)))


SETTINGS = BatchSettings(normalisation="none", batch_size=2)


def changed(**chances):
    return Variation(augmentation=Augmentation(intensity=Intensity(**chances)))


def target_of(number):
    return (float("nan"),) if number in APART else (float(number % 2),)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return data_set(folder, task(), COUNTS, target_of=target_of)


def stream(data, settings=SETTINGS, **options):
    defaults = {"seed": 5, "copies": 2, "variation": FLIPPED}
    return unlabelled_batches(data, settings, **defaults | options)


def batches(data, count, settings=SETTINGS, **options):
    endless = stream(data, settings, **options)
    return list(itertools.islice(endless.as_numpy_iterator(), count))


def test_they_go_round_in_ever_new_orders(data):
    order = numbers(batches(data, 10))
    rounds = [tuple(order[start : start + 5]) for start in range(0, 20, 5)]
    assert all(sorted(one) == [*APART] for one in rounds)
    assert len({*rounds}) > 1


def test_a_batch_may_be_larger_than_all_there_are(data):
    order = numbers(batches(data, 1, replace(SETTINGS, batch_size=12)))
    assert sorted(order[:5]) == sorted(order[5:10]) == [*APART]


def test_copies_are_of_one_study_and_differ(data):
    (batch,) = batches(data, 1, replace(SETTINGS, batch_size=5), copies=3)
    assert batch["volume"].shape == (5, 3, *SHAPE, 2)
    assert batch["present"].shape == (5, 3, 2)
    assert np.isnan(batch["target"]).all()
    for number, copies in zip(numbers([batch]), batch["volume"]):
        voxels = np.sort(canonical(number).voxels, axis=None)
        for copy in copies:
            np.testing.assert_array_equal(np.sort(copy, axis=None), voxels)
    unlike = (batch["volume"][:, 0] != batch["volume"][:, 1]).any((1, 2, 3, 4))
    assert unlike.any()


@pytest.mark.parametrize(
    "variation",
    [
        FLIPPED,
        Variation(slices=Slices(train=2, policy="block")),
        changed(noise_chance=1.0, channel_dropout_chance=0.5),
    ],
)
def test_the_number_of_the_batch_alone_decides(data, variation):
    run = batches(data, 6, variation=variation)
    # Begun anew, and read from the disk at every round.
    later = batches(data, 3, variation=variation, first_batch=3, cache_bytes=0)
    assert_same(run[3:], later)


def test_another_seed_draws_otherwise(data):
    one, other = batches(data, 3), batches(data, 3, seed=6)
    assert numbers(one) != numbers(other)


def test_a_lost_sequence_is_lost_in_one_copy(data):
    dropped = changed(channel_dropout_chance=0.5)
    run = batches(data, 6, variation=dropped)
    present = np.concatenate([batch["present"] for batch in run])
    volumes = np.concatenate([batch["volume"] for batch in run])
    np.testing.assert_array_equal(present > 0, volumes.any((2, 3, 4)))
    assert (present[:, 0] != present[:, 1]).any()


def test_slices_and_channels_are_those_asked_for(data):
    drawn = Variation(slices=Slices(train=2, adjacent=3))
    (batch,) = batches(data, 1, replace(SETTINGS, channels=("T2",)), variation=drawn)
    assert batch["volume"].shape == (2, 2, 2, *SHAPE[1:], 3)
    with pytest.raises(UsageError, match="has the channels T1, T2"):
        batches(data, 1, replace(SETTINGS, channels=("T3",)))
    with pytest.raises(UsageError, match="only 6 of its 6|slices"):
        batches(data, 1, variation=Variation(slices=Slices(train=9)))


def test_a_data_set_without_any(tmp_path):
    labelled = data_set(tmp_path, task())
    with pytest.raises(DataError, match="no sample for unlabelled.*'keep'"):
        batches(labelled, 1)


def test_mixing_is_left_to_mixmatch(data):
    mixed = Variation(augmentation=Augmentation(mixing=Mixing(mixup=0.5)))
    with pytest.raises(ValueError, match="MixMatch mixes.*Received: Mixing"):
        stream(data, variation=mixed)


def test_covariates_come_along(tmp_path):
    with_age = task(covariates=("age",))
    data = data_set(tmp_path, with_age, COUNTS, target_of=target_of)
    encoding = Encoding(covariates=(Covariate(name="age", mean=1.0, deviation=2.0),))
    (batch,) = batches(data, 1, replace(SETTINGS, encoding=encoding))
    wanted = [(number - 1) / 2 for number in numbers([batch])]
    np.testing.assert_allclose(batch["covariates"][:, 0], wanted)


def together(data, count, first=0):
    labelled = train_batches(data, SETTINGS, seed=5, first_epoch=first // 2)
    unlabelled = stream(data, first_batch=first)
    joined = beside(labelled, unlabelled, seed=5, alpha=0.75, first_batch=first)
    assert joined.cardinality() == tf.data.INFINITE_CARDINALITY
    return list(itertools.islice(joined.as_numpy_iterator(), count))


def test_labelled_ones_have_unlabelled_ones_beside_them_and_all_is_resumable(data):
    run = together(data, 4)
    assert run[0]["unlabelled_volume"].shape == (2, 2, *SHAPE, 2)
    assert run[0]["unlabelled_covariates"].shape == (2, 0)
    for batch in run:
        assert {*numbers([batch])} <= {*range(4)}
        assert sorted(batch["partner"]) == [*range(6)]
        assert batch["own_share"].shape == (6,) and batch["own_share"].min() >= 0.5
    assert len({batch["own_share"].tobytes() for batch in run}) == 4
    assert_same(run[2:], together(data, 2, first=2))


def test_nothing_is_tuned_that_would_delay_the_end(data):
    assert stream(data).options().autotune.enabled is False
    labelled = train_batches(data, SETTINGS, seed=5)
    joined = beside(labelled, stream(data), seed=5, alpha=0.75)
    assert joined.options().autotune.enabled is False
