import numpy as np
import tensorflow as tf

from pipelines.augment.mixing.mixmatch_pairs import pairs

PRESENT = np.array([[1, 1], [1, 0], [1, 1], [0, 1], [1, 1], [1, 0]], np.float32)


def drawn(seed, present=PRESENT, alpha=0.75):
    partner, share = pairs(tf.constant(present), tf.constant([seed, 3]), alpha)
    return partner.numpy(), share.numpy()


def test_every_sample_is_the_partner_of_one():
    for seed in range(20):
        partner, _ = drawn(seed)
        assert sorted(partner) == [*range(6)]


def test_partners_have_the_same_sequences():
    for seed in range(20):
        partner, _ = drawn(seed)
        np.testing.assert_array_equal(PRESENT[partner], PRESENT)
        assert partner[3] == 3


def test_all_orders_are_equally_likely():
    alike = tf.ones([3, 1])
    seeds = tf.stack([tf.range(600), tf.zeros([600], tf.int32)], axis=1)
    drawn = tf.data.Dataset.from_tensor_slices(seeds).map(
        lambda seed: pairs(alike, seed, 0.75)[0]
    )
    partners = np.stack([*drawn.as_numpy_iterator()])
    _, counts = np.unique(partners, axis=0, return_counts=True)
    assert len(counts) == 6
    assert np.abs(counts - 100).max() <= 40  # standard deviation 9


def test_the_own_share_is_half_or_more_and_of_the_folded_beta():
    _, share = drawn(0, np.ones((4000, 1), np.float32))
    assert share.min() >= 0.5 and share.max() <= 1
    oracle = np.random.default_rng(0).beta(0.75, 0.75, 400_000)
    folded = np.maximum(oracle, 1 - oracle)
    for quantile in (0.1, 0.5, 0.9):
        assert abs(np.quantile(share, quantile) - np.quantile(folded, quantile)) < 0.02


def test_the_seed_alone_decides_also_inside_a_graph():
    eager = drawn(5)
    graph = tf.function(lambda: pairs(tf.constant(PRESENT), tf.constant([5, 3]), 0.75))
    for one, other in zip(eager, graph()):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(eager[1], drawn(6)[1])
