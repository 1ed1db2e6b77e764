"""The smooth calibration curve: what share happened where a probability was stated.

A local linear regression with tricube weights (Cleveland, 1979) over the nearest three
quarters of the samples, as Austin and Steyerberg (2014, 2019) smooth calibration with.
Of resamples the neighbourhoods are those of the sample itself.
"""

from dataclasses import dataclass

import numpy as np

SPAN = 0.75  # share of the samples that a point of the curve looks at
POINTS = 51
_NARROWEST = 0.02  # of a neighbourhood's half, where many scores are equal


@dataclass(frozen=True, kw_only=True, eq=False)
class Smoother:
    """Neighbourhoods of a grid of probabilities.

    Args:
        grid: rising, `[G]`.
        kernel: weight of each sample at each point, `[N, G]`.
        away: sample less point, `[N, G]`.
        left: of each sample, the point before it, int `[N]`.
        share: how far it is on the way to the next point, `[N]`.
    """

    grid: np.ndarray
    kernel: np.ndarray
    away: np.ndarray
    left: np.ndarray
    share: np.ndarray

    def curves(self, happened: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The curve of each resample at the grid, `[R, G]`, in 0..1.

        Args:
            happened: bool `[N]`.
            weights: how often each sample stands in each resample, `[R, N]`.
        """
        first, second = self.kernel * self.away, self.kernel * self.away**2
        true = weights * happened
        s0, s1, s2 = weights @ self.kernel, weights @ first, weights @ second
        t0, t1 = true @ self.kernel, true @ first
        determinant = s0 * s2 - s1**2
        flat = determinant <= 1e-9 * s0 * s2 + 1e-15  # all at one place
        with np.errstate(divide="ignore", invalid="ignore"):
            line = (s2 * t0 - s1 * t1) / determinant
            values = np.where(flat, t0 / s0, line)
        return np.clip(values, 0, 1)

    def at_samples(self, curves: np.ndarray) -> np.ndarray:
        """Curves `[R, G]` at the samples' own probabilities, `[R, N]`."""
        if len(self.grid) == 1:
            return np.repeat(curves, len(self.left), axis=1)
        low, high = curves[:, self.left], curves[:, self.left + 1]
        return low + (high - low) * self.share


def smoother(
    stated: np.ndarray,
    *,
    grid: np.ndarray | None = None,
    counts: np.ndarray | None = None,
) -> Smoother:
    """The neighbourhoods of N stated probabilities, one or more.

    Args:
        grid: none = evenly spaced places, and quantiles.
        counts: how many samples each of N stands for; none = one.
    """
    stated = np.asarray(stated, np.float64)
    counts = np.ones(len(stated)) if counts is None else counts
    if grid is None:
        half = (POINTS + 1) // 2
        evenly = np.linspace(stated.min(), stated.max(), half)
        inner = np.quantile(stated, np.linspace(0, 1, half + 1)[1:-1])
        grid = np.unique(np.concatenate([evenly, inner]))
    away = stated[:, None] - grid
    width = np.maximum(_widths(np.abs(away), counts) * (1 + 1e-6), _NARROWEST)
    kernel = np.maximum(1 - (np.abs(away) / width) ** 3, 0) ** 3
    left = np.clip(np.searchsorted(grid, stated, side="right") - 1, 0, None)
    left = np.minimum(left, max(len(grid) - 2, 0))
    share = np.zeros(len(stated))
    if len(grid) > 1:
        share = (stated - grid[left]) / np.diff(grid)[left]
    return Smoother(grid=grid, kernel=kernel, away=away, left=left, share=share)


def _widths(distances: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Within how much of each point the span's share of samples lies, `[G]`.

    Args:
        distances: `[N, G]`.
        counts: `[N]`.
    """
    nearest = np.ceil(SPAN * counts.sum())
    order = np.argsort(distances, axis=0)
    enough = np.cumsum(counts[order], axis=0) >= nearest - 1e-9
    rows = order[np.argmax(enough, axis=0), np.arange(distances.shape[1])]
    return distances[rows, np.arange(distances.shape[1])]
