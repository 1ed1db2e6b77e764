"""Accuracy of a class in both senses, MCC, average precision and linear kappa."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    cohen_kappa_score,
    matthews_corrcoef,
)

from zoo.evaluation.metrics import ordinal
from zoo.evaluation.metrics.classification import decide, measure, replicate


def drawn(classes, samples=80, seed=0):
    generator = np.random.default_rng(seed)
    labels = generator.integers(classes, size=samples)
    logits = generator.normal(size=(samples, classes)) + 1.5 * np.eye(classes)[labels]
    shares = np.exp(logits)
    return labels, shares / shares.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_values_are_those_of_scikit_learn(classes):
    labels, shares = drawn(classes)
    called = decide(shares)
    names = tuple("abcdef"[:classes])
    metrics = measure(labels, shares, names)
    whole = matthews_corrcoef(labels, called)
    assert metrics.overall["mcc"].value == pytest.approx(whole)
    precisions = []
    for c, values in enumerate(metrics.per_class):
        true, said = labels == c, called == c
        assert values["accuracy"].value == pytest.approx(np.mean(true == said))
        halves = (said[true].mean() + (~said)[~true].mean()) / 2
        assert values["balanced_accuracy"].value == pytest.approx(halves)
        assert values["mcc"].value == pytest.approx(matthews_corrcoef(true, said))
        precisions.append(average_precision_score(true, shares[:, c]))
        assert values["average_precision"].value == pytest.approx(precisions[-1])
    expected = precisions[1] if classes == 2 else np.mean(precisions)
    assert metrics.overall["average_precision"].value == pytest.approx(expected)


def test_resamples_are_copies_of_samples():
    labels, shares = drawn(3)
    weights = np.random.default_rng(1).integers(0, 3, (4, len(labels)))
    values = replicate(labels, shares, weights)
    for row, copies in enumerate(weights):
        rows = np.repeat(np.arange(len(labels)), copies)
        same = measure(labels[rows], shares[rows], ("a", "b", "c"))
        for name in ("mcc", "average_precision"):
            assert values["overall"][name][row] == pytest.approx(
                same.overall[name].value
            )
            for c in range(3):
                assert values["per_class"][name][row, c] == pytest.approx(
                    same.per_class[c][name].value
                )


def test_one_class_alone_is_predicted():
    labels = np.array([0, 1, 1, 0])
    metrics = measure(labels, np.tile([0.75, 0.25], (4, 1)), ("well", "ill"))
    assert "one and the same class" in metrics.overall["mcc"].reason
    assert "always or never" in metrics.per_class[1]["mcc"].reason
    assert metrics.overall["average_precision"].value == 0.5  # the prevalence


def test_without_the_positive_class():
    metrics = measure(np.zeros(3, int), np.tile([0.75, 0.25], (3, 1)), ("well", "ill"))
    assert metrics.overall["average_precision"].reason == "no sample of class ill"
    assert metrics.per_class[1]["balanced_accuracy"].reason == "no sample of class ill"
    assert metrics.per_class[1]["accuracy"].value == 1


def test_linear_kappa_is_that_of_scikit_learn():
    labels, shares = drawn(4)
    called = decide(shares)
    counts = np.zeros((4, 4))
    np.add.at(counts, (labels, called), 1)
    expected = cohen_kappa_score(labels, called, weights="linear")
    assert ordinal.replicate(counts)["linear_kappa"] == pytest.approx(expected)
    same = ordinal.measure(np.diag([4, 0, 0]))["linear_kappa"]
    assert "same grade" in same.reason
