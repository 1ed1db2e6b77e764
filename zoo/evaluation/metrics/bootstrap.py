"""Resamples of patients, and the metrics' spread over them."""

from collections.abc import Iterator

import numpy as np

from zoo.evaluation.metrics.classification_resampled import Replicates, replicate

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
    for one in np.unique(stratum):
        members = np.flatnonzero(stratum == one)
        drawn = generator.integers(len(members), size=(resamples, len(members)))
        drawn += np.arange(resamples)[:, None] * len(members)
        counts = np.bincount(drawn.ravel(), minlength=resamples * len(members))
        weights[:, members] = counts.reshape(resamples, len(members))
    return weights


def resampled(
    labels: np.ndarray,
    probabilities: np.ndarray,
    patient: np.ndarray,
    *,
    stratum: np.ndarray,
    resamples: int,
    seed: int,
) -> Replicates:
    """The metrics of R resamples of patients, each with all its samples.

    Args:
        labels: class indices, int `[N]`.
        probabilities: `[N, K]`.
        patient: number of each sample's patient, int `[N]`, from 0.
        stratum: number of each patient's stratum, int `[P]`.
        resamples: R.
    """
    parts = []
    for weights in blocks(stratum, resamples, len(labels), seed):
        parts.append(replicate(labels, probabilities, weights[:, patient]))
    return Replicates(
        overall={
            name: np.concatenate([part.overall[name] for part in parts])
            for name in parts[0].overall
        },
        per_class={
            name: np.concatenate([part.per_class[name] for part in parts])
            for name in parts[0].per_class
        },
    )


def blocks(
    stratum: np.ndarray, resamples: int, samples: int, seed: int
) -> Iterator[np.ndarray]:
    """Patients' weights, some resamples at a time, see `patient_weights`."""
    generator = np.random.default_rng(seed)
    at_once = max(1, _BLOCK // samples)
    for start in range(0, resamples, at_once):
        yield patient_weights(stratum, min(at_once, resamples - start), generator)
