import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches.draws import as_channels, draw_slices
from pipelines.batches.slices import Slices

VOLUME = np.arange(10 * 3 * 4 * 2, dtype=np.float32).reshape(10, 3, 4, 2)


def drawn(seed, count=3, depth=(0.2, 0.9), **options):
    slices = Slices(train=count, depth=depth, **options)
    return draw_slices(10, tf.constant([seed, 0]), slices).numpy().tolist()


@pytest.mark.parametrize("policy", ["random", "block", "even"])
def test_slices_are_different_ordered_and_within_the_share(policy):
    seen = set()
    for seed in range(60):
        found = drawn(seed, policy=policy)
        assert found == sorted(set(found)) and len(found) == 3
        seen |= {*found}
    assert seen == set(range(2, 9))


def test_a_block_lies_together_and_an_even_draw_apart():
    blocks = {tuple(drawn(seed, policy="block")) for seed in range(40)}
    assert blocks == {(first, first + 1, first + 2) for first in range(2, 7)}
    for seed in range(20):
        apart = np.diff(drawn(seed, policy="even", depth=(0.0, 0.9)))
        assert apart.tolist() == [3, 3]


@pytest.mark.parametrize("policy", ["random", "block", "even"])
def test_all_there_are_can_be_drawn(policy):
    assert drawn(1, count=7, policy=policy) == [*range(2, 9)]


def test_the_seed_alone_decides():
    assert drawn(3) == drawn(3)
    assert len({tuple(drawn(seed)) for seed in range(20)}) > 5


@pytest.mark.parametrize("seed", range(8))
def test_a_slice_comes_between_its_neighbours_the_last_repeated(seed):
    alone = drawn(seed, 4, (0.0, 1.0))
    beside = drawn(seed, 4, (0.0, 1.0), adjacent=3)
    assert beside == [min(max(p + o, 0), 9) for p in alone for o in (-1, 0, 1)]


def test_neighbours_become_channels():
    found = as_channels(tf.constant(VOLUME[:6]), 3).numpy()
    assert found.shape == (2, 3, 4, 6)
    for group, first in enumerate((0, 3)):
        for k in range(3):
            np.testing.assert_array_equal(
                found[group, ..., 2 * k : 2 * k + 2], VOLUME[first + k]
            )
    assert as_channels(tf.constant(VOLUME), 1).shape == VOLUME.shape
