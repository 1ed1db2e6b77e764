import numpy as np
import pytest

from pipelines.records.foreground_statistics import BINS, of_codes
from pipelines.records.quantisation import decode, quantise


def drawn(kind, seed=0, shape=(9, 8, 7, 2)):
    """Voxels with a background of 0, and their codes."""
    draw = np.random.default_rng(seed)
    voxels = draw.gamma(2, 100, shape)
    if kind == "whole":
        voxels = np.rint(voxels) + 1
    elif kind == "signed":
        voxels = voxels - 150
    elif kind == "far":
        voxels = voxels / 1000 + 30000
    voxels[draw.random(shape) < 0.4] = 0
    voxels = voxels.astype(np.int16 if kind == "whole" else np.float32)
    return quantise(voxels, (0.0,) * shape[-1])


KINDS = ("whole", "fractions", "signed", "far")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_they_are_those_of_the_decoded_foreground(kind, seed):
    codes = drawn(kind, seed)
    statistics, values = of_codes(codes), decode(codes)
    for channel in range(2):
        inside = codes.codes[..., channel] != codes.fill_code[channel]
        foreground = values[..., channel][inside].astype(np.float64)
        of_channel = {
            name: value[channel]
            for name, value in vars(statistics).items()
            if name != "histogram"
        }
        expected = {
            "count": foreground.size,
            "mean": foreground.mean(),
            "deviation": foreground.std(),
            "lower": np.percentile(foreground, 1),
            "upper": np.percentile(foreground, 99),
            "minimum": foreground.min(),
            "maximum": foreground.max(),
        }
        assert of_channel == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_the_histogram_has_equal_bins_from_minimum_to_maximum(kind):
    codes = drawn(kind)
    statistics, values = of_codes(codes), decode(codes)
    assert statistics.histogram.shape == (2, BINS)
    for channel in range(2):
        inside = codes.codes[..., channel] != codes.fill_code[channel]
        foreground = values[..., channel][inside]
        low, high = statistics.minimum[channel], statistics.maximum[channel]
        share = (foreground - low) * (np.float32(1) / (high - low))
        bins = np.minimum((share * np.float32(256)).astype(int), 255)
        counts = np.bincount(bins, minlength=BINS)
        np.testing.assert_array_equal(statistics.histogram[channel], counts)
        assert statistics.histogram[channel].sum() == statistics.count[channel]


def test_a_channel_without_foreground_is_all_zero():
    voxels = np.zeros((4, 4, 4, 2), np.int16)
    voxels[..., 1] = 7
    statistics = of_codes(quantise(voxels, (0.0, 0.0)))
    assert all(not value[0].any() for value in vars(statistics).values())
    assert statistics.count[1] == 64
    assert statistics.mean[1] == statistics.minimum[1] == statistics.upper[1] == 7
    assert statistics.deviation[1] == 0


def test_a_foreground_of_one_voxel():
    voxels = np.zeros((4, 4, 4, 1), np.float32)
    voxels[1, 2, 3] = 0.25
    statistics = of_codes(quantise(voxels, (0.0,)))
    single = {n: v.ravel()[0] for n, v in vars(statistics).items()}
    assert single.pop("count") == single.pop("histogram") == 1
    assert single.pop("deviation") == 0
    assert {*single.values()} == {0.25}


def test_where_the_fill_value_lies_between_the_others_only_it_is_left_out():
    voxels = np.array([-3, -1, 0, 0, 2, 6], np.int16).reshape(1, 1, 6, 1)
    statistics = of_codes(quantise(voxels, (0.0,)))
    assert (statistics.count, statistics.mean) == (4, 1)
    assert (statistics.minimum, statistics.maximum) == (-3, 6)
    assert statistics.deviation == np.float32(np.sqrt((16 + 4 + 1 + 25) / 4))
