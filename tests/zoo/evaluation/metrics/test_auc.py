import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.metrics.pairs import pairs_won
from zoo.evaluation.metrics.auc import auc, auc_of_classes


def test_auc_of_two_classes_is_that_of_class_1():
    labels = np.array([0, 0, 1, 1, 1])
    scores = np.array([0.1, 0.6, 0.6, 0.7, 0.3])
    probabilities = np.stack([1 - scores, scores], axis=1)
    assert auc_of_classes(labels, probabilities) == pytest.approx(4.5 / 6)


def test_auc_of_more_classes_is_the_mean_of_one_against_the_rest():
    found = cohort(31, ("a", "b", "c"))
    expected = np.mean(
        [pairs_won(found.label == c, found.probabilities[:, c]) for c in range(3)]
    )
    assert auc_of_classes(found.label, found.probabilities) == pytest.approx(expected)


def test_auc_without_a_class_is_nan():
    assert math.isnan(auc_of_classes(np.zeros(3, int), np.full((3, 2), 0.5)))
    assert math.isnan(auc_of_classes(np.array([0, 1, 0]), np.full((3, 3), 1 / 3)))


def test_auc_of_nan_is_nan():
    assert math.isnan(auc_of_classes(np.array([0, 1]), np.full((2, 2), np.nan)))


@pytest.mark.parametrize("decimals", [1, 12])  # one decimal makes many ties
def test_auc_is_that_of_scikit_learn(decimals):
    generator = np.random.default_rng(decimals)
    positive = generator.random(80) < 0.3
    scores = np.round(generator.normal(size=80) + positive, decimals)
    expected = roc_auc_score(positive, scores)
    assert auc(positive, scores) == pytest.approx(expected, abs=1e-15)


def test_auc_of_no_sample_is_nan():
    assert math.isnan(auc(np.zeros(0, bool), np.zeros(0)))
