"""The apparent diffusion coefficient of images of several b-values."""

from collections.abc import Sequence

import numpy as np

_MM2_PER_S = 1e6  # coefficients in 1e-6 mm2/s, as scanners store their maps
_NOISE = 0.05  # of the 99th percentile of the lowest b-value: less is no signal
_BRIGHT = 99.0


def signal(signals: Sequence[np.ndarray], b_values: Sequence[float]) -> np.ndarray:
    """Where there is signal to fit, bool `[D, H, W]`.

    A logarithm wants every signal above 0. What the lowest b-value shows at less than
    5 % of its 99th percentile is noise, whose coefficient says nothing.

    Args:
        signals: `[D, H, W]` each.
        b_values: of each, in s/mm2.
    """
    positive = np.logical_and.reduce([one > 0 for one in signals])
    if not positive.any():
        return positive
    brightest = signals[int(np.argmin(b_values))]
    least = _NOISE * np.percentile(brightest[positive], _BRIGHT)
    return positive & (brightest > least)


def fit(
    signals: Sequence[np.ndarray], b_values: Sequence[float], inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The coefficient, and how far the signals lie off the fit.

    A spin echo with gradients decays as S = S0 exp(-b D) (Stejskal and Tanner, J Chem
    Phys 1965;42:288); of tissue D is the apparent diffusion coefficient (Le Bihan et
    al., Radiology 1986;161:401). Ordinary least squares of ln S over b, every b-value
    with the same weight, as scanners do it.

    Args:
        signals: `[D, H, W]` each, two or more.
        b_values: of each, different, in s/mm2.
        inside: bool `[D, H, W]`, where all signals are above 0.

    Returns:
        Coefficients in 1e-6 mm2/s, and the root mean square of the residuals of ln S
        over the b-values (0.05: the signals lie about 5 % off), float64 `[D, H, W]`
        each, 0 outside.
    """
    logarithms = np.stack([np.log(one[inside].astype(np.float64)) for one in signals])
    b = np.asarray(b_values, np.float64)[:, np.newaxis]
    centred, mean = b - b.mean(), logarithms.mean(axis=0)
    slope = (centred * logarithms).sum(axis=0) / (centred**2).sum()
    off = logarithms - mean - slope * centred
    coefficient, residual = np.zeros(inside.shape), np.zeros(inside.shape)
    coefficient[inside] = -slope * _MM2_PER_S
    residual[inside] = np.sqrt((off**2).mean(axis=0))
    return coefficient, residual
