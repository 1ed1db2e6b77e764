import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches.draws import as_channels, check_slices, draw_slices, flip
from pipelines.errors import UsageError

VOLUME = np.arange(10 * 3 * 4 * 2, dtype=np.float32).reshape(10, 3, 4, 2)


def test_more_slices_than_there_are_is_refused():
    check_slices(10, 5, (0.0, 0.5))
    with pytest.raises(
        UsageError, match="6 slices are to be drawn .* only 5 of its 10"
    ):
        check_slices(10, 6, (0.0, 0.5))


def drawn(seed, count=3, depth=(0.2, 0.9)):
    slices = draw_slices(tf.constant(VOLUME), tf.constant([seed, 0]), count, depth)
    return slices.numpy()


def places(slices):
    return [int(one[0, 0, 0]) // 24 for one in slices]


def test_slices_are_different_ordered_and_within_the_share():
    seen = set()
    for seed in range(60):
        found = places(drawn(seed))
        np.testing.assert_array_equal(drawn(seed), VOLUME[found])
        assert found == sorted(set(found)) and len(found) == 3
        seen |= {*found}
    assert seen == set(range(2, 9))


def test_the_seed_alone_decides():
    np.testing.assert_array_equal(drawn(3), drawn(3))
    assert len({tuple(places(drawn(seed))) for seed in range(20)}) > 5


@pytest.mark.parametrize("seed", range(8))
def test_a_slice_comes_between_its_neighbours_the_last_repeated(seed):
    volume, drawn_by = tf.constant(VOLUME), tf.constant([seed, 0])
    alone = places(draw_slices(volume, drawn_by, 4, (0.0, 1.0)).numpy())
    beside = draw_slices(volume, drawn_by, 4, (0.0, 1.0), adjacent=3).numpy()
    expected = [min(max(p + o, 0), 9) for p in alone for o in (-1, 0, 1)]
    assert places(beside) == expected


def test_neighbours_become_channels():
    found = as_channels(tf.constant(VOLUME[:6]), 3).numpy()
    assert found.shape == (2, 3, 4, 6)
    for group, first in enumerate((0, 3)):
        for k in range(3):
            np.testing.assert_array_equal(
                found[group, ..., 2 * k : 2 * k + 2], VOLUME[first + k]
            )
    assert as_channels(tf.constant(VOLUME), 1).shape == VOLUME.shape


def mirror(volume, axes):
    return np.flip(volume, axes) if axes else volume


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_every_combination_of_mirrors_comes_up(channels):
    volume = np.random.default_rng(0).normal(size=(4, 3, 5, channels))
    volume = volume.astype(np.float32)
    possible = {
        tuple(axis for axis in range(3) if chosen >> axis & 1): 0 for chosen in range(8)
    }
    turned = tf.function(
        lambda seed: flip(tf.constant(volume), seed, ("depth", "height", "width"))
    )
    for seed in range(80):
        result = turned(tf.constant([seed, 1])).numpy()
        (axes,) = (a for a in possible if np.array_equal(result, mirror(volume, a)))
        possible[axes] += 1
    assert min(possible.values()) >= 2


@pytest.mark.parametrize("axis, name", list(enumerate(["depth", "height", "width"])))
def test_only_the_named_axis_is_mirrored(axis, name):
    results = [flip(tf.constant(VOLUME), [seed, 0], (name,)) for seed in range(40)]
    mirrored = [np.array_equal(r, np.flip(VOLUME, axis)) for r in results]
    same = [np.array_equal(r, VOLUME) for r in results]
    assert sum(mirrored) + sum(same) == 40
    assert 8 < sum(mirrored) < 32
