"""Every sample is constant and says who it is, so a mixed one tells what it is of."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from pipelines.augment.mixing.cutmix_mixup import beta, mix
from pipelines.augment.mixing.settings import Mixing

DRAWS = 10_000
BATCH = 500
SHAPE = (4, 5, 6)
SEQUENCES = ((1, 1), (1, 0), (0, 1))


def batch(size=BATCH, shape=SHAPE, sequences=SEQUENCES):
    """Sample i is i + 1 in its first channel if present, 1000 more in its second."""
    number = np.arange(size, dtype=np.float32)
    present = np.array([sequences[i % len(sequences)] for i in range(size)], np.float32)
    marks = (number[:, None] + 1 + np.array([0, 1000])) * present
    volume = np.broadcast_to(marks[:, None, None, None], (size, *shape, 2))
    return {
        "volume": volume.astype(np.float32),
        "present": present,
        "target": np.stack([number, number**2, np.where(number % 2, np.nan, 1)], 1),
        "covariates": np.stack([number, -number], 1),
        "sample_id": number.astype(int).astype("S"),
    }


def tensors(values):
    return {
        key: tf.constant(v, tf.float32 if v.dtype.kind == "f" else None)
        for key, v in values.items()
    }


def mixed(values, seed, settings, rank=3):
    result = mix(tensors(values), tf.constant([seed, 1]), settings, rank=rank)
    return {key: value.numpy() for key, value in result.items()}


def partners(values, result):
    return result["partner_target"][:, 0].astype(int)


@pytest.mark.parametrize("rank", [2, 3])
def test_cutmix_shares_are_those_of_the_voxels(rank):
    values, settings = batch(), Mixing(cutmix=1.0)
    own_marks = values["volume"][:, :1, :1, :1]
    at_border = apart = 0
    for seed in range(DRAWS // BATCH):
        result = mixed(values, seed, settings, rank)
        volume, partner = result["volume"], partners(values, result)
        own, theirs = volume == own_marks, volume == own_marks[partner]
        assert (own | theirs).all()  # nothing but the two
        there = values["present"].astype(bool)
        assert not volume[~np.broadcast_to(there[:, None, None, None], own.shape)].any()
        for channel in range(2):
            kept = own[there[:, channel], ..., channel].mean((1, 2, 3))
            share = result["share"][there[:, channel]]
            np.testing.assert_allclose(kept, share, atol=1e-6)
        box = ~own.all(-1)
        touches = box[:, :, [0, -1]].any((1, 2, 3))
        at_border += np.sum(touches)
        apart += np.sum(box.any((1, 2, 3)) & ~touches)
    assert min(at_border, apart) > DRAWS / 20


@pytest.mark.parametrize("rank", [2, 3])
def test_mixup_shares_are_the_weights_of_the_voxels(rank):
    values, settings = batch(), Mixing(mixup=1.0, mixup_alpha=0.4)
    own = values["volume"].astype(np.float64)
    for seed in range(DRAWS // BATCH):
        result = mixed(values, seed, settings, rank)
        theirs = own[partners(values, result)]
        share = result["share"][:, None, None, None, None]
        expected = share * own + (1 - share) * theirs
        apart = np.where(own == theirs, 1, own - theirs)
        np.testing.assert_allclose((result["volume"] - expected) / apart, 0, atol=1e-3)
        np.testing.assert_allclose(result["volume"], expected, rtol=1e-6)


@pytest.mark.parametrize("rank", [2, 3])
def test_boxes_are_solid_and_lie_in_every_slice_alike(rank):
    values = batch(60, (8, 9, 10), ((1, 1),))
    result = mixed(values, 0, Mixing(cutmix=1.0), rank)
    boxes = result["volume"][..., 0] != values["volume"][..., 0]
    for box in boxes:
        sides = [np.flatnonzero(box.any(axis)) for axis in ((1, 2), (0, 2), (0, 1))]
        assert box.sum() == np.prod([len(side) for side in sides])
        assert all(side[-1] - side[0] + 1 == len(side) for side in sides if len(side))
        assert rank == 3 or len(sides[0]) in (0, 8)


@pytest.mark.parametrize("rank, lengths", [(2, (12, 14, 14)), (3, (10, 16, 16))])
def test_a_side_is_the_root_of_the_partners_share(rank, lengths):
    values = batch(400, (12, 20, 20), ((1, 1),))
    result = mixed(values, 0, Mixing(cutmix=1.0, cutmix_alpha=1e7), rank)
    boxes = result["volume"][..., 0] != values["volume"][..., 0]
    longest = [
        boxes.any(axis).sum(1).max() for axis in ((2, 3), (1, 3), (1, 2))
    ]  # lambda is 1/2; those at a border are shorter
    assert tuple(longest) == lengths


def test_the_stated_shares_of_the_samples_are_mixed():
    values = batch(sequences=((1, 1),))
    settings = Mixing(cutmix=0.3, mixup=0.5, mixup_alpha=1.0)
    blended = changed = 0
    for seed in range(DRAWS // BATCH):
        result = mixed(values, seed, settings)
        partner = partners(values, result)
        changed += np.sum(partner != np.arange(BATCH))
        marks = values["volume"][:, 0, 0, 0, 0]
        whole = np.isin(result["volume"][..., 0], marks).all((1, 2, 3))
        blended += np.sum(~whole)
        alone = partner == np.arange(BATCH)
        np.testing.assert_array_equal(result["volume"][alone], values["volume"][alone])
        np.testing.assert_array_equal(result["share"][alone], 1)
    assert abs(changed / DRAWS - 0.8) < 0.02
    assert abs(blended / DRAWS - 0.5) < 0.02


def test_partners_have_the_same_sequences_and_are_all_met():
    values = batch(30)
    met = set()
    for seed in range(50):
        partner = partners(values, mixed(values, seed, Mixing(mixup=1.0)))
        np.testing.assert_array_equal(values["present"], values["present"][partner])
        assert (partner != np.arange(30)).all()
        met |= {(0, there) for there in partner[:1]}
    assert met == {(0, there) for there in range(3, 30, 3)}


def test_a_sample_without_a_partner_stays_as_it_is():
    values = batch(3)  # each with other sequences
    result = mixed(values, 0, Mixing(cutmix=0.5, mixup=0.5))
    for key in ("volume", "covariates", "target"):
        np.testing.assert_array_equal(result[key], values[key].astype(np.float32))
    np.testing.assert_array_equal(result["share"], 1)
    np.testing.assert_array_equal(result["partner_target"], result["target"])


def test_targets_of_any_kind_and_covariates_follow():
    values = batch(12)
    result = mixed(values, 3, Mixing(cutmix=0.5, mixup=0.5))
    partner, share = partners(values, result), result["share"][:, None]
    np.testing.assert_array_equal(result["target"], values["target"])
    np.testing.assert_array_equal(result["partner_target"], values["target"][partner])
    own, theirs = values["covariates"], values["covariates"][partner]
    expected = share * own + (1 - share) * theirs
    np.testing.assert_allclose(result["covariates"], expected, atol=1e-6)
    np.testing.assert_array_equal(result["sample_id"], values["sample_id"])


def test_the_seed_alone_decides_eagerly_and_in_a_data_set():
    values, settings = tensors(batch(8, (3, 4, 5))), Mixing(cutmix=0.5, mixup=0.5)
    seeds = tf.constant([[0, 1], [1, 1]])
    data = tf.data.Dataset.from_tensor_slices(seeds).map(
        lambda seed: mix(values, seed, settings, rank=3)
    )
    found = list(data)
    for seed, element in zip(seeds, found, strict=True):
        again = mix(values, seed, settings, rank=3)
        assert element["volume"].shape == values["volume"].shape
        for key, value in element.items():
            np.testing.assert_array_equal(value, again[key])
    assert not np.array_equal(found[0]["volume"], found[1]["volume"])


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
def test_beta_has_its_distribution(alpha):
    drawn = beta(tf.constant([5000]), tf.constant([7, 1]), alpha).numpy()
    assert stats.kstest(drawn, stats.beta(alpha, alpha).cdf).pvalue > 0.001


def test_another_rank_is_refused():
    with pytest.raises(ValueError, match="rank is 2 or 3. Received: rank=1"):
        mixed(batch(3), 0, Mixing(), rank=1)
