import numpy as np
import pytest

from pipelines.canonical.diffusion_fit import fit, signal

B_VALUES = (50.0, 400.0, 800.0)
SHAPE = (4, 6, 8)


def phantom(noise=0.0, seed=0):
    """Signals `[D, H, W]` of each b-value, of known coefficients in 1e-6 mm2/s."""
    drawn = np.random.default_rng(seed)
    coefficient = drawn.uniform(300, 3000, SHAPE)
    brightness = drawn.uniform(200, 1000, SHAPE)
    signals = [brightness * np.exp(-b * 1e-6 * coefficient) for b in B_VALUES]
    return coefficient, [s + noise * drawn.standard_normal(SHAPE) for s in signals]


def test_known_coefficients_come_out_in_millionths_of_mm2_per_s():
    coefficient, signals = phantom()
    found, residual = fit(signals, B_VALUES, np.ones(SHAPE, bool))
    np.testing.assert_allclose(found, coefficient, rtol=1e-9)
    assert residual.max() < 1e-12


def test_two_b_values_are_the_logarithm_of_their_ratio():
    coefficient, signals = phantom(noise=2)
    found, residual = fit(signals[:2], B_VALUES[:2], np.ones(SHAPE, bool))
    np.testing.assert_allclose(found, np.log(signals[0] / signals[1]) / 350e-6)
    assert residual.max() < 1e-12


def test_it_is_ordinary_least_squares_in_any_order():
    _, signals = phantom(noise=5)
    everywhere = np.ones(SHAPE, bool)
    found, residual = fit(signals, B_VALUES, everywhere)
    turned = fit(signals[::-1], B_VALUES[::-1], everywhere)
    np.testing.assert_allclose(turned, (found, residual), rtol=1e-9)
    logarithms = np.log([one.ravel() for one in signals])
    (slope, start) = np.polyfit(B_VALUES, logarithms, 1)
    lines = start + np.outer(B_VALUES, slope)
    off = np.sqrt(((logarithms - lines) ** 2).mean(axis=0))
    np.testing.assert_allclose(found.ravel(), -slope * 1e6, rtol=1e-6)
    np.testing.assert_allclose(residual.ravel(), off, rtol=1e-6, atol=1e-12)


def test_the_residual_grows_with_noise():
    means = []
    for noise in (1, 3, 9):
        _, signals = phantom(noise=noise)
        means.append(fit(signals, B_VALUES, signal(signals, B_VALUES))[1].mean())
    assert means[0] < means[1] / 2 < means[2] / 4


def test_only_what_is_inside_is_fitted():
    coefficient, signals = phantom()
    signals[2][0] = 0
    inside = signal(signals, B_VALUES)
    assert not inside[0].any() and inside[1:].all()
    found, residual = fit(signals, B_VALUES, inside)
    assert not found[0].any() and not residual[0].any()
    np.testing.assert_allclose(found[1:], coefficient[1:], rtol=1e-9)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_noise_is_told_by_the_lowest_b_value(order):
    low = np.array([[[1000.0, 1000, 49, 51, 1000, -3]]])
    high = np.array([[[300.0, 0, 40, 40, 1, 300]]])
    signals, b_values = [(low, high)[i] for i in order], [(0, 800)[i] for i in order]
    found = signal(signals, b_values)
    assert found.tolist() == [[[True, False, False, True, True, False]]]


def test_nothing_above_zero_is_no_signal():
    nothing = np.zeros(SHAPE)
    assert not signal([nothing, nothing], (0, 800)).any()
