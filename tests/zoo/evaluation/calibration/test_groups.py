import numpy as np
import pytest

from zoo.evaluation.calibration import measures
from zoo.evaluation.calibration.bins import reliability_bins
from zoo.evaluation.calibration.groups import groups
from zoo.evaluation.calibration.smooth_curve import smoother


def test_groups_measure_what_samples_do():
    generator = np.random.default_rng(0)
    stated = generator.beta(1, 3, 5000)
    happened = generator.random(5000) < np.sqrt(stated)
    bins = reliability_bins(stated)
    weights = generator.poisson(1, (3, 5000)).astype(float)
    whole = measures.replicate(
        happened, stated, weights, smoother=smoother(stated), bins=bins
    )
    made = groups(happened, stated, bins)
    assert len(made.starts) <= 200
    assert sorted(made.order) == list(range(5000))
    smooth = smoother(made.stated, grid=smoother(stated).grid, counts=made.counts)
    summed = made.summed(weights)
    np.testing.assert_array_equal(summed.sum(axis=1), weights.sum(axis=1))
    grouped = measures.replicate(
        made.happened, made.stated, summed, smoother=smooth, bins=made.bins
    )
    for name in measures.NAMES:
        assert grouped[name] == pytest.approx(whole[name], rel=0.02, abs=0.002), name
    assert grouped["curve"] == pytest.approx(whole["curve"], abs=0.005)
