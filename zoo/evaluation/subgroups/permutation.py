"""Permutation test: is any figure of the groups further apart than by chance?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

_BLOCK = 4_000_000  # weights held at a time, permutations x samples
_MOST_UNDEFINED = 0.1  # share of the permutations
_TIE, _ROUNDING = 1e-9, 1e-15


@dataclass(frozen=True, kw_only=True)
class Permuted:
    """The outcome for one figure.

    Args:
        p: (as far apart + 1) / (defined + 1); none where there is none.
        reason: why there is none.
    """

    p: float | None
    reason: str = ""


def permutation_tests(
    replicate: Callable[[np.ndarray], Mapping[str, np.ndarray]],
    *,
    patient: np.ndarray,
    group: np.ndarray,
    stratum: np.ndarray,
    permutations: int,
    seed: int,
) -> dict[str, Permuted]:
    """A test of every figure that `replicate` gives.

    Patients change groups at random, within their stratum, so that every group keeps
    its number of each class. How far apart the groups are is the sum over groups of
    patients x (figure - mean)^2, the mean weighted by patients, over the groups in
    which the figure is defined. What is tested is that the group says nothing of the
    outputs of patients of a class.

    Args:
        replicate: from the weights of N samples, `[R, N]`, to figures `[R]` by name.
        patient: number of each sample's patient, int `[N]`, from 0.
        group: number of each patient's group, int `[P]`, from 0.
        stratum: number of each patient's stratum, int `[P]`.
        permutations: how many; their p can't be below 1 / (permutations + 1).
        seed: of them.
    """
    generator = np.random.default_rng(seed)
    sizes = np.bincount(group)
    blocks = [_figures(replicate, group[None], patient, len(sizes))]
    at_once = max(1, _BLOCK // len(patient))
    for start in range(0, permutations, at_once):
        number = min(at_once, permutations - start)
        drawn = _permuted(group, stratum, number, generator)
        blocks.append(_figures(replicate, drawn, patient, len(sizes)))
    return {
        name: _test(np.concatenate([block[name] for block in blocks]), sizes)
        for name in blocks[0]
    }


def _permuted(
    group: np.ndarray, stratum: np.ndarray, number: int, generator: np.random.Generator
) -> np.ndarray:
    """Groups of patients, int `[number, P]`."""
    drawn = np.tile(group, (number, 1))
    for value in np.unique(stratum):
        members = np.flatnonzero(stratum == value)
        drawn[:, members] = generator.permuted(drawn[:, members], axis=1)
    return drawn


def _figures(
    replicate: Callable[[np.ndarray], Mapping[str, np.ndarray]],
    groups: np.ndarray,
    patient: np.ndarray,
    number: int,
) -> dict[str, np.ndarray]:
    """By name the figure of each group, `[R, G]`; of groups of patients `[R, P]`."""
    figures = [
        replicate((groups == place)[:, patient].astype(np.float64))
        for place in range(number)
    ]
    return {
        name: np.stack([figure[name] for figure in figures], axis=1)
        for name in figures[0]
    }


def _test(figures: np.ndarray, sizes: np.ndarray) -> Permuted:
    """Args: figures: `[1 + R, G]`, of the groups as they are, then permuted."""
    there = np.isfinite(figures[0])
    if there.sum() < 2:
        return Permuted(p=None, reason="defined in fewer than two groups")
    figures, shares = figures[:, there], sizes[there] / sizes[there].sum()
    mean = figures @ shares
    spreads = ((figures - mean[:, None]) ** 2) @ shares
    observed, permuted = spreads[0], spreads[1:]
    defined = permuted[np.isfinite(permuted)]
    if len(defined) < (1 - _MOST_UNDEFINED) * len(permuted):
        undefined = len(permuted) - len(defined)
        reason = f"undefined in {undefined} of {len(permuted)} permutations"
        return Permuted(p=None, reason=reason)
    as_far = int((defined >= observed * (1 - _TIE) - _ROUNDING).sum())
    return Permuted(p=(as_far + 1) / (len(defined) + 1))
