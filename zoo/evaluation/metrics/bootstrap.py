"""Resamples of patients, and the metrics' spread over them."""

from collections.abc import Callable

import numpy as np

_BLOCK = 4_000_000  # weights held at a time, resamples x samples


def patient_weights(
    stratum: np.ndarray, resamples: int, generator: np.random.Generator
) -> np.ndarray:
    """How often each patient stands in each resample, `[R, P]`, integers.

    Patients are drawn with replacement within their stratum, so every resample has
    as many patients of each stratum as the cohort.

    Args:
        stratum: number of each patient's stratum, int `[P]`.
        resamples: R.
    """
    weights = np.zeros((resamples, len(stratum)), dtype=np.int64)
    for number in np.unique(stratum):
        members = np.flatnonzero(stratum == number)
        drawn = generator.integers(len(members), size=(resamples, len(members)))
        drawn += np.arange(resamples)[:, None] * len(members)
        counts = np.bincount(drawn.ravel(), minlength=resamples * len(members))
        weights[:, members] = counts.reshape(resamples, len(members))
    return weights


def resampled(
    replicate: Callable[[np.ndarray], dict],
    patient: np.ndarray,
    *,
    stratum: np.ndarray,
    resamples: int,
    seed: int,
) -> dict:
    """The metrics of R resamples of patients, each with all its samples.

    Args:
        replicate: from the weights of N samples, `[r, N]`, to arrays `[r, ...]` by
            name, or to dicts of such.
        patient: number of each sample's patient, int `[N]`, from 0.
        stratum: number of each patient's stratum, int `[P]`.
        resamples: R.
    Returns:
        What `replicate` gives, over all R.
    """
    generator = np.random.default_rng(seed)
    at_once = max(1, _BLOCK // len(patient))
    blocks = []
    for start in range(0, resamples, at_once):
        number = min(at_once, resamples - start)
        weights = patient_weights(stratum, number, generator)
        blocks.append(replicate(weights[:, patient]))
    return _concatenated(blocks)


def _concatenated(blocks: list) -> dict | np.ndarray:
    """Arrays by name, or dicts of such, one block after the other."""
    if not isinstance(blocks[0], dict):
        return np.concatenate(blocks)
    return {
        name: _concatenated([block[name] for block in blocks]) for name in blocks[0]
    }
