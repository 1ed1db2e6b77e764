import numpy as np
import pytest

from zoo.evaluation.metrics import bootstrap
from zoo.evaluation.metrics.bootstrap import patient_weights, resampled
from zoo.evaluation.metrics.classification import replicate
from zoo.evaluation.metrics.intervals import percentile


def draw(stratum, resamples=200, seed=0):
    generator = np.random.default_rng(seed)
    return patient_weights(np.asarray(stratum), resamples, generator)


def metrics_of(labels, probabilities):
    """The metrics of classes, from weights."""
    return lambda weights: replicate(labels, probabilities, weights)


def test_every_resample_has_as_many_patients_of_each_stratum():
    stratum = np.array([0, 1, 1, 0, 2, 2, 2])
    weights = draw(stratum)
    for one, size in ((0, 2), (1, 2), (2, 3)):
        assert (weights[:, stratum == one].sum(axis=1) == size).all()


def test_counts_are_those_of_drawing_with_replacement():
    weights = draw(np.zeros(50, int), resamples=4000)
    assert weights.mean(axis=0) == pytest.approx(1, abs=0.08)
    assert weights.var(axis=0).mean() == pytest.approx(1 - 1 / 50, rel=0.02)


def test_a_patients_samples_stay_together():
    labels = np.array([0, 0, 1, 1, 1])
    scores = np.array([0.2, 0.8, 0.7, 0.7, 0.1])
    probabilities = np.stack([1 - scores, scores], axis=1)
    # Two patients, each right in half or two thirds of the samples.
    found = resampled(
        metrics_of(labels, probabilities),
        np.array([0, 0, 1, 1, 1]),
        stratum=np.zeros(2, int),
        resamples=300,
        seed=1,
    )
    assert set(np.round(found["overall"]["accuracy"], 6)) == {0.5, 0.6, 0.666667}


def test_blocks_hold_all_resamples(monkeypatch):
    monkeypatch.setattr(bootstrap, "_BLOCK", 70)
    found = resampled(
        metrics_of(np.arange(20) % 2, np.full((20, 2), 0.5)),
        np.arange(20),
        stratum=np.arange(20) % 2,
        resamples=11,
        seed=0,
    )
    assert found["overall"]["accuracy"].shape == (11,)
    assert found["per_class"]["auc"].shape == (11, 2)


def test_the_spread_of_accuracy_is_the_binomial_one():
    """Standard error sqrt(p (1 - p) / N) of independent patients."""
    right = np.arange(200) < 150
    scores = np.where(right, 0.1, 0.9)
    found = resampled(
        metrics_of(np.zeros(200, int), np.stack([1 - scores, scores], axis=1)),
        np.arange(200),
        stratum=np.zeros(200, int),
        resamples=4000,
        seed=0,
    )
    expected = np.sqrt(0.75 * 0.25 / 200)
    assert found["overall"]["accuracy"].std() == pytest.approx(expected, rel=0.05)


@pytest.mark.slow
def test_intervals_of_the_auc_cover_the_truth():
    """Of 95 % intervals of clustered samples about 95 % hold the true AUC.

    Two classes of 40 patients with three samples each; a patient's samples share a
    normal deviate, so their scores have unit variance plus the sample's own. The true
    AUC is Phi(d / sqrt(2 (1 + 0.25))). Ignoring the clusters would cover far less.
    """
    from statistics import NormalDist

    generator = np.random.default_rng(7)
    distance, own = 1.5, 0.5
    truth = NormalDist().cdf(distance / np.sqrt(2 * (1 + own**2)))
    stratum = np.repeat([0, 1], 40)
    patient = np.repeat(np.arange(80), 3)
    labels = stratum[patient]
    covered = {"patients": 0, "samples": 0}
    trials = 400
    for trial in range(trials):
        person = generator.normal(size=80) + distance * stratum
        scores = person[patient] + own * generator.normal(size=240)
        scores = 1 / (1 + np.exp(-scores))
        probabilities = np.stack([1 - scores, scores], axis=1)
        for unit, index, strata in (
            ("patients", patient, stratum),
            ("samples", np.arange(240), labels),
        ):
            found = resampled(
                metrics_of(labels, probabilities),
                index,
                stratum=strata,
                resamples=300,
                seed=trial,
            )
            interval = percentile(found["overall"]["auc"], 0.95)
            covered[unit] += interval.low <= truth <= interval.high
    assert 0.91 <= covered["patients"] / trials <= 0.98
    assert covered["samples"] / trials < 0.85
