import numpy as np
import pytest

from pipelines.errors import UsageError
from tests.zoo.evaluation.cohorts import softmax
from zoo.evaluation.rejection.conformal import sets, thresholds


def drawn(samples, generator):
    """An ill-calibrated network on classes of unlike frequency."""
    labels = generator.choice(3, size=samples, p=(0.6, 0.3, 0.1))
    logits = generator.normal(size=(samples, 3))
    logits[np.arange(samples), labels] += (2.0, 1.0, 0.5)[0]
    return softmax(3 * logits), labels


def test_every_class_is_covered_at_the_wanted_rate():
    generator = np.random.default_rng(0)
    hits = [[], [], []]
    for _ in range(600):
        calibration, labels = drawn(120, generator)
        lowest = thresholds(calibration, labels, 0.8)
        new, truth = drawn(60, generator)
        inside = sets(new, lowest)[np.arange(60), truth]
        for index in range(3):
            hits[index] += inside[truth == index].tolist()
    for shares in hits:
        assert np.mean(shares) == pytest.approx(0.8, abs=0.035)
        assert np.mean(shares) > 0.785  # at least, up to chance


def test_the_quantile_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]])
    lowest = thresholds(probabilities, np.array([0, 0, 0, 1]), 0.5)
    assert lowest.tolist() == [0.8, 0.7]  # ranks 2 of 3, and 1 of 1
    assert sets(np.array([[0.75, 0.25]]), lowest).tolist() == [[False, False]]


def test_too_few_of_a_class_let_it_into_every_set():
    probabilities = np.array([[0.9, 0.1], [0.3, 0.7]])
    assert thresholds(probabilities, np.array([0, 1]), 0.9).tolist() == [0, 0]


def test_a_level_that_is_none():
    with pytest.raises(UsageError, match="a coverage is between 0 and 1"):
        thresholds(np.ones((1, 2)), np.array([0]), 1.0)
