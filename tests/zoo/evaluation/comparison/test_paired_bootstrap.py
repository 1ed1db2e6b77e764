import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_rel

from tests.zoo.evaluation.comparison.models import pair
from zoo.evaluation.comparison import figures_of_merit, paired_bootstrap


def drawn(first, second, name, resamples=2000):
    figure = figures_of_merit.named(name, first)
    values = paired_bootstrap.replicates(
        {"a": [first], "b": [second]}, [figure], "pooled", resamples=resamples, seed=0
    )
    return values["a"][name] - values["b"][name]


def squared(predictions):
    return (predictions.probabilities[:, 1] - predictions.label) ** 2


@pytest.mark.parametrize("patients", [40, 120])
def test_of_means_it_is_near_students_paired_test(patients):
    first, second = pair(patients, seed=3)
    found = paired_bootstrap.inference(
        drawn(first, second, "brier", 8000), patients, 0.95
    )
    wanted = ttest_rel(squared(first), squared(second))
    interval = wanted.confidence_interval(0.95)
    width = interval.high - interval.low
    assert found.low == pytest.approx(interval.low, abs=0.06 * width)
    assert found.high == pytest.approx(interval.high, abs=0.06 * width)
    assert found.p == pytest.approx(wanted.pvalue, abs=0.03)


def test_samples_of_a_patient_are_drawn_together():
    """The spread is that of patients' means, not of 240 samples."""
    first, second = pair(60, samples_each=4, seed=1)
    found = paired_bootstrap.inference(drawn(first, second, "brier", 8000), 60, 0.95)
    gains = (squared(first) - squared(second)).reshape(60, 4).mean(axis=1)
    interval = ttest_1samp(gains, 0).confidence_interval(0.95)
    assert found.high - found.low == pytest.approx(
        interval.high - interval.low, rel=0.05
    )


def test_all_models_are_drawn_alike():
    first, _ = pair()
    assert not drawn(first, first, "kappa").any()


def test_its_p_is_that_of_the_interval():
    found = paired_bootstrap.inference(
        np.random.default_rng(0).normal(0.8, 1, 4000), 30, 0.95
    )
    at_its_p = paired_bootstrap.inference(
        np.random.default_rng(0).normal(0.8, 1, 4000), 30, 1 - found.p
    )
    assert at_its_p.low == pytest.approx(0, abs=0.01)
    assert found.above(found.low) == pytest.approx(0.025, abs=0.001)
    assert found.below(found.high) == pytest.approx(0.025, abs=0.001)


def test_the_smallest_p_is_that_of_the_resamples():
    found = paired_bootstrap.inference(np.linspace(1, 2, 999), 1000, 0.95)
    assert found.p == pytest.approx(2 / 1000, rel=0.05)


@pytest.mark.parametrize(
    ("values", "patients", "reason"),
    [
        (np.zeros(300), 20, "no resample tells them apart"),
        (np.r_[np.full(31, np.nan), np.ones(269)], 20, "undefined in 31 of 300"),
        (np.arange(300.0), 1, "there is only one patient"),
    ],
)
def test_what_says_nothing_has_no_interval(values, patients, reason):
    found = paired_bootstrap.inference(values, patients, 0.95)
    assert (found.low, found.p) == (None, None)
    assert reason in found.reason
