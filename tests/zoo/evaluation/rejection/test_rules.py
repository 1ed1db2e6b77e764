import json

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from pipelines.errors import DataError, UsageError
from zoo.evaluation.rejection import rules
from zoo.evaluation.rejection.rule_fit import parse, unthresholded, with_threshold
from zoo.evaluation.rejection.rules import LargestProbability, Mahalanobis


@pytest.fixture(scope="module")
def clouds():
    """300 samples of three classes in four features of different widths."""
    generator = np.random.default_rng(0)
    labels = np.arange(300) % 3
    widths = np.array([1.0, 2.0, 0.5, 1.0])
    features = generator.normal(size=(300, 4)) * widths
    features[:, 1] += 0.8 * features[:, 0]
    return features + 3 * np.eye(4)[labels], labels


def test_the_distance_is_that_of_the_pooled_covariance(clouds):
    features, labels = clouds
    rule = unthresholded("mahalanobis", features, labels, 3)
    means = np.stack([features[labels == c].mean(axis=0) for c in range(3)])
    away = features - means[labels]
    inverse = np.linalg.inv(away.T @ away / 297)
    given = rule.scores(np.zeros((300, 3)), {"features": features[:20]})
    expected = [
        -min(mahalanobis(row, mean, inverse) ** 2 for mean in means)
        for row in features[:20]
    ]
    np.testing.assert_allclose(given, expected, rtol=1e-6)


def test_more_features_than_samples_still_tell_strangers():
    generator = np.random.default_rng(1)
    labels = np.arange(40) % 2
    features = 0.1 * generator.normal(size=(40, 200))
    features[:, 0] += labels
    rule = unthresholded("mahalanobis", features, labels, 2)
    assert len(rule.directions) <= 20
    new = 0.1 * generator.normal(size=(50, 200))
    strange = new + 0.5 * np.eye(200)[7]
    scores = [rule.scores(None, {"features": each}) for each in (new, strange)]
    assert np.median(scores[0]) > np.median(scores[1])


def test_a_rule_survives_json(clouds):
    rule = unthresholded("mahalanobis", *clouds, 3)
    rule = with_threshold(rule, parse(["mahalanobis=-9"]), np.zeros(1))
    assert rules.from_fields(json.loads(json.dumps(rules.to_fields(rule)))) == rule


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95, 1.0])
def test_a_threshold_keeps_the_wanted_share(coverage):
    scores = np.random.default_rng(2).random(40)
    rule = LargestProbability()
    request = parse(["largest", f"coverage={coverage}"])
    given = with_threshold(rule, request, scores)
    assert np.mean(scores >= given.threshold) == pytest.approx(coverage)
    moved = scores.astype(np.float32)  # rounding moves none across
    assert np.mean(moved >= given.threshold) == pytest.approx(coverage)


def test_equal_scores_stay_together():
    request = parse(["largest", "coverage=0.5"])
    rule = with_threshold(LargestProbability(), request, np.full(10, 0.7))
    assert rule.threshold < 0.7


def test_what_cant_be_fitted(clouds):
    features, labels = clouds
    with pytest.raises(DataError, match="two training samples of every class"):
        unthresholded("mahalanobis", features, np.zeros(300, int), 3)
    with pytest.raises(DataError, match="have the same features"):
        unthresholded("mahalanobis", np.ones((300, 4)), labels, 3)
    rule = unthresholded("mahalanobis", features, labels, 3)
    with pytest.raises(DataError, match="was fitted to 4 features. Received: 5"):
        rule.scores(None, {"features": np.zeros((1, 5))})
    assert isinstance(rule, Mahalanobis)


@pytest.mark.parametrize(
    "words",
    [["largest"], ["nosuch", "coverage=0.9"], ["largest", "coverage=x"]]
    + [["largest=0.5", "coverage=0.9"], ["largest", "share=0.9"], ["largest=x"]]
    + [["largest=nan"], ["energy=inf"]],
)
def test_words_that_name_no_rule(words):
    with pytest.raises(UsageError, match="--reject wants a rule and how much it keeps"):
        parse(words)
