"""Many samples as few groups of nearly equal scores, so that resamples cost little."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_SINGLE = 300  # samples; more are grouped
_PARTS = 10  # of a bin


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """N samples in M groups; those of a group share the bin and the outcome.

    Args:
        order: rows, group by group, `[N]`.
        starts: place in `order` where each group begins, `[M]`.
        happened: bool `[M]`.
        stated: mean probability of each, `[M]`.
        bins: groups of each bin of samples.
    """

    order: np.ndarray
    starts: np.ndarray
    happened: np.ndarray
    stated: np.ndarray
    bins: tuple[np.ndarray, ...]

    @property
    def counts(self) -> np.ndarray:
        """Samples of each group, `[M]`."""
        return np.diff(np.append(self.starts, len(self.order)))

    def summed(self, weights: np.ndarray) -> np.ndarray:
        """Weights of samples `[R, N]` as those of groups, `[R, M]`."""
        return np.add.reduceat(weights[:, self.order], self.starts, axis=1)


def groups(
    happened: np.ndarray, stated: np.ndarray, bins: Sequence[np.ndarray]
) -> Groups:
    """The groups of N samples: up to ten of each bin and outcome, by their score.

    Args:
        happened: bool `[N]`.
        stated: `[N]`.
        bins: rows of each bin, by ascending score.
    """
    parts, of_bins = [], []
    for rows in bins:
        first = len(parts)
        for outcome in (False, True):
            same = rows[happened[rows] == outcome]
            pieces = np.array_split(same, min(_PARTS, len(same)) or 1)
            parts += [piece for piece in pieces if piece.size]
        of_bins.append(np.arange(first, len(parts)))
    sizes = [len(part) for part in parts]
    return Groups(
        order=np.concatenate(parts),
        starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        happened=np.array([happened[part[0]] for part in parts]),
        stated=np.array([stated[part].mean() for part in parts]),
        bins=tuple(of_bins),
    )
