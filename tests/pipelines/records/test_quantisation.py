import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipelines.records.quantisation import FILL_CODE, bounds, decode, quantise


def volume(values, dtype):
    return np.array(values, dtype).reshape(1, 1, -1, 1)


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32])
def test_whole_numbers_that_fit_have_slope_1_and_intercept_0(dtype):
    voxels = volume([-32768, -5, 0, 7, 32767], dtype)
    codes = quantise(voxels, (0.0,))
    assert (codes.slope, codes.intercept, codes.fill_code) == (1, 0, 0)
    assert codes.clipped == (0,)
    np.testing.assert_array_equal(codes.codes, voxels)


def test_a_range_that_fits_by_an_offset_is_exact():
    voxels = volume([0, 1, 40000, 65535], np.int32)
    codes = quantise(voxels, (0.0,))
    assert (codes.slope, codes.intercept) == (1, 32768)
    np.testing.assert_array_equal(decode(codes), voxels)


@pytest.mark.parametrize("values", [[0, 0.5, 1.5], [0, 1, 70000], [2**24, 2**25]])
def test_other_channels_are_quantised_with_a_code_of_their_own_for_fill(values):
    voxels = volume(values, np.float32)
    codes = quantise(voxels, (0.0,))
    assert codes.fill_code == FILL_CODE
    np.testing.assert_array_equal(codes.codes == FILL_CODE, voxels == 0)
    np.testing.assert_allclose(decode(codes), voxels, atol=codes.slope[0])


def test_a_fill_value_that_is_no_whole_number_decodes_exactly():
    codes = quantise(volume([-0.1, 3, 4], np.float32), (-0.1,))
    assert decode(codes).ravel()[0] == np.float32(-0.1)


@pytest.mark.parametrize("fill", [0.0, -0.25])
def test_an_absent_channel_is_all_fill(fill):
    voxels = np.full((2, 2, 2, 1), fill, np.float32)
    codes = quantise(voxels, (fill,))
    assert (codes.codes == codes.fill_code).all()
    np.testing.assert_array_equal(decode(codes), voxels)


def test_a_constant_channel_decodes_exactly():
    voxels = volume([0, 0.3, 0.3], np.float32)
    np.testing.assert_array_equal(decode(quantise(voxels, (0.0,))), voxels)


def test_outliers_beyond_the_percentiles_are_clipped_and_counted():
    values = np.linspace(1, 2, 30000, dtype=np.float32)
    values[[0, 1]], values[[-1, -2]] = -1e6, 1e6
    voxels = np.stack([values, np.ones_like(values)], axis=-1).reshape(1, 1, -1, 2)
    codes = quantise(voxels, (0.0, 0.0))
    assert codes.clipped == (4, 0)
    decoded = decode(codes)[..., 0]
    assert decoded.min() >= 1 and decoded.max() <= 2


def test_channels_are_coded_each_for_itself():
    voxels = np.stack([np.arange(8), np.arange(8) / 4], axis=-1).astype(np.float32)
    codes = quantise(voxels.reshape(2, 2, 2, 2), (0.0, 0.0))
    assert codes.slope[0] == 1
    assert codes.fill_code.tolist() == [0, FILL_CODE]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_voxels_that_are_no_numbers_are_refused(value):
    with pytest.raises(ValueError, match="must be finite.*Received: 1 voxels"):
        quantise(volume([1, value], np.float32), (0.0,))


def test_a_fill_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="must be finite"):
        quantise(volume([1, 2], np.float32), (np.nan,))


def test_bounds_are_members_of_the_values_rounded_outwards():
    values = np.arange(20001, dtype=np.float64)
    assert bounds(values) == (2.0, 19998.0)
    assert bounds(values[:100]) == (0.0, 99.0)


@pytest.mark.parametrize("fill", [0.0, 0.25, -3.0])
def test_decoded_values_tell_the_foreground(fill):
    """Values all around the fill value, many of them closer than a step."""
    near = fill + np.linspace(-1e-4, 1e-4, 101)
    values = np.concatenate([near, fill + np.linspace(-30, 40, 411)])
    voxels = volume(values[values != fill], np.float32)
    voxels = np.concatenate([voxels, np.full_like(voxels, fill)], axis=2)
    codes = quantise(voxels, (fill,))
    decoded = decode(codes)
    np.testing.assert_array_equal(decoded != np.float32(fill), voxels != fill)
    assert (np.sign(decoded - fill) == np.sign(voxels - np.float32(fill))).all()
    inside = np.abs(voxels) < 29
    error = np.abs(decoded - voxels)[inside]
    assert codes.slope[0] / 2 < error.max() <= codes.slope[0] * 1.001


numbers = st.floats(-(2.0**99), 2.0**99, width=32).filter(
    lambda number: number == 0 or abs(number) > 2.0**-99
)
volumes = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=3, max_dims=3, max_side=6),
    elements=numbers,
)


@settings(max_examples=150, deadline=None)
@given(voxels=volumes, fill=st.one_of(st.just(0.0), numbers))
def test_the_error_stays_below_the_stated_bound(voxels, fill):
    voxels = voxels[..., None]
    codes = quantise(voxels, (fill,))
    foreground = voxels != np.float32(fill)
    np.testing.assert_array_equal(foreground, codes.codes != codes.fill_code)
    decoded = decode(codes).astype(np.float64)
    assert (decoded[~foreground] == np.float32(fill)).all()
    if not foreground.any():
        return
    values = voxels[foreground].astype(np.float64)
    lowest, highest = bounds(values)
    error = np.abs(decoded[foreground] - np.clip(values, lowest, highest)).max()
    scale = max(abs(lowest), abs(highest))
    beside = np.abs(values - np.float64(np.float32(fill))).min() <= codes.slope[0]
    steps = 1.0 if beside else 0.5  # off the fill value
    assert error <= codes.slope[0] * steps + 2**-22 * scale
    assert (decoded[foreground] != np.float32(fill)).all()
    if fill == 0 and codes.slope[0] == 1 and codes.intercept[0] == 0:
        np.testing.assert_array_equal(decoded, np.rint(decoded))


@settings(max_examples=100, deadline=None)
@given(
    voxels=arrays.arrays(np.int32, (2, 3, 4, 1), elements=st.integers(-40000, 40000)),
    fill=st.integers(-40000, 40000),
)
def test_whole_numbers_within_65536_are_exact(voxels, fill):
    span = max(voxels.max(), fill) - min(voxels.min(), fill)
    codes = quantise(voxels, (float(fill),))
    if span <= 65535:
        np.testing.assert_array_equal(decode(codes), voxels)
        assert codes.slope[0] == 1
