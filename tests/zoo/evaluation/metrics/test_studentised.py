import numpy as np
import pytest

from zoo.evaluation.metrics.bootstrap import patient_weights
from zoo.evaluation.metrics.studentised import MeanOfPatients

TERMS = np.random.default_rng(0).exponential(size=20)


def test_the_error_of_independent_samples_is_students():
    mean = MeanOfPatients(TERMS, np.arange(20), np.zeros(20, int))
    assert mean.whole[0] == pytest.approx(TERMS.mean())
    assert mean.whole[1] == pytest.approx(TERMS.std(ddof=1) / 20**0.5)


def test_that_of_strata_is_within_them():
    stratum = np.arange(20) % 2
    mean = MeanOfPatients(TERMS, np.arange(20), stratum)
    parts = [TERMS[stratum == s] for s in (0, 1)]
    variance = sum(len(p) * p.var(ddof=1) for p in parts) / 20**2
    assert mean.whole[1] == pytest.approx(variance**0.5)


def test_a_resample_is_the_set_of_its_copies():
    patient = np.arange(20) // 2
    mean = MeanOfPatients(TERMS, patient, np.zeros(10, int))
    weights = patient_weights(np.zeros(10, int), 5, np.random.default_rng(1))
    found = mean.errors(weights)
    for row, counts in enumerate(weights):
        members = np.repeat(np.arange(10), counts)
        sums = TERMS.reshape(10, 2).sum(axis=1)[members]
        value = sums.sum() / 20
        assert found[0][row] == pytest.approx(value)
        rest = sums - 2 * value
        error = np.sqrt((rest @ rest) * 10 / 9) / 20
        assert found[1][row] == pytest.approx(error)


def test_the_interval_turns_the_deviations_round():
    mean = MeanOfPatients(TERMS, np.arange(20), np.zeros(20, int))
    found = mean.interval(np.array([-2.0] * 50 + [1.0] * 50 + [np.nan]), 0.9)
    value, error = mean.whole
    assert found.low == pytest.approx(value - error)
    assert found.high == pytest.approx(value + 2 * error)
    assert found.undefined == 1


def test_equal_terms_have_no_interval():
    mean = MeanOfPatients(np.ones(5), np.arange(5), np.zeros(5, int))
    weights = patient_weights(np.zeros(5, int), 8, np.random.default_rng(1))
    found = mean.interval(mean.deviations(weights), 0.95)
    assert found.reason == "all patients have the same value"


def test_no_end_is_beyond_what_a_mean_can_be():
    # Resamples without the one large term have next to no error of their own.
    terms = np.array([*np.linspace(1e-9, 2e-9, 9), 0.01])
    mean = MeanOfPatients(terms, np.arange(10), np.zeros(10, int))
    weights = patient_weights(np.zeros(10, int), 400, np.random.default_rng(0))
    deviations = mean.deviations(weights)
    assert mean.interval(deviations, 0.95).high > 1
    assert mean.interval(deviations, 0.95, most=1.0).high == 1.0
