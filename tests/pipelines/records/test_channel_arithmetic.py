import numpy as np
import pytest
import tensorflow as tf

from pipelines.records.channel_arithmetic import (
    along_rows,
    as_rows,
    channel_square_sums,
    channel_sums,
)

VOLUME = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)


def test_rows_and_channel_values_meet():
    rows = as_rows(tf.constant(VOLUME))
    assert rows.shape == (2, 3, 20)
    values = np.arange(5, dtype=np.float32)
    product = tf.reshape(rows * along_rows(values, 4), VOLUME.shape)
    np.testing.assert_array_equal(product, VOLUME * values)


def test_sums_are_by_channel():
    sums = channel_sums(as_rows(tf.constant(VOLUME)), 5)
    np.testing.assert_array_equal(sums, VOLUME.sum((0, 1, 2)))


@pytest.mark.parametrize("channels", [1, 5])
def test_square_sums_are_by_channel(channels):
    volume = VOLUME.reshape(2, 3, -1, channels)
    sums = channel_square_sums(as_rows(tf.constant(volume)), channels)
    np.testing.assert_allclose(sums, np.square(volume).sum((0, 1, 2)))


def test_one_channel_needs_no_row():
    assert along_rows(tf.constant([3.0]), 4).shape == ()
