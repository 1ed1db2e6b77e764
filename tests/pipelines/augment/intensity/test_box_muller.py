import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from pipelines.augment.intensity.box_muller import normal


@pytest.mark.parametrize("shape", [(20_001,), (31, 17, 19)])
def test_normal_draws_are_normal_and_independent(shape):
    drawn = normal(tf.constant(shape), tf.constant([5, 2])).numpy()
    assert drawn.shape == shape
    flat = drawn.ravel()
    assert stats.kstest(flat, stats.norm.cdf).pvalue > 0.001
    half = len(flat) // 2  # the two of a pair lie half the length apart
    for lag in (1, half, half + 1):
        assert abs(np.corrcoef(flat[:-lag], flat[lag:])[0, 1]) < 0.05
