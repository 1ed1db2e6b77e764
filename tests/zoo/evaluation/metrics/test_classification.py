import math

import numpy as np
import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from tests.zoo.evaluation.metrics.pairs import pairs_won
from zoo.evaluation.metrics.classification import OVERALL, PER_CLASS, measure

NAMES = ("a", "b", "c")


@settings(deadline=None, max_examples=40)
@generated(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_per_class_numbers_by_their_definitions(seed, classes):
    generator = np.random.default_rng(seed)
    labels = np.r_[np.arange(classes), generator.integers(classes, size=20)]
    probabilities = generator.dirichlet(np.ones(classes), size=len(labels))
    found = measure(labels, probabilities, tuple("abcd"[:classes]))
    predicted = probabilities.argmax(axis=1)
    for c in range(classes):
        tp = np.sum((labels == c) & (predicted == c))
        fn = np.sum((labels == c) & (predicted != c))
        fp = np.sum((labels != c) & (predicted == c))
        tn = np.sum((labels != c) & (predicted != c))
        total = tp + fn + fp + tn
        chance = ((tp + fn) * (tp + fp) + (tn + fp) * (tn + fn)) / total**2
        values = found.per_class[c]
        assert values["sensitivity"].value == pytest.approx(tp / (tp + fn))
        assert values["specificity"].value == pytest.approx(tn / (tn + fp))
        if tp + fp:
            assert values["ppv"].value == pytest.approx(tp / (tp + fp))
        assert values["npv"].value == pytest.approx(tn / (tn + fn))
        assert values["f1"].value == pytest.approx(2 * tp / (2 * tp + fp + fn))
        kappa = ((tp + tn) / total - chance) / (1 - chance)
        assert values["kappa"].value == pytest.approx(kappa)
        assert values["auc"].value == pytest.approx(
            pairs_won(labels == c, probabilities[:, c])
        )


def test_overall_numbers_of_a_small_table():
    # Cohen's own form: agreement 4/5, chance (2 * 3 + 3 * 2) / 25.
    labels = np.array([0, 0, 1, 1, 1])
    scores = np.array([0.25, 0.25, 0.25, 0.75, 0.75])
    found = measure(labels, np.stack([1 - scores, scores], axis=1), ("no", "yes"))
    value = {name: entry.value for name, entry in found.overall.items()}
    assert value["accuracy"] == pytest.approx(0.8)
    assert value["balanced_accuracy"] == pytest.approx((1 + 2 / 3) / 2)
    assert value["kappa"] == pytest.approx((0.8 - 12 / 25) / (1 - 12 / 25))
    assert value["brier"] == pytest.approx((4 * 0.0625 + 0.5625) / 5)
    assert value["log_loss"] == pytest.approx(
        -(4 * math.log(0.75) + math.log(0.25)) / 5
    )
    np.testing.assert_array_equal(found.confusion, [[2, 0], [1, 2]])


def test_brier_score_of_three_classes_sums_over_the_classes():
    found = measure(np.array([0]), np.array([[0.5, 0.3, 0.2]]), NAMES)
    assert found.overall["brier"].value == pytest.approx(0.25 + 0.09 + 0.04)


def test_everything_is_there():
    found = measure(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]), ("a", "b"))
    assert tuple(found.overall) == OVERALL
    assert all(set(entries) == set(PER_CLASS) for entries in found.per_class)


def test_an_absent_class_is_said_and_never_counted_as_0_or_1():
    probabilities = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
    found = measure(np.array([0, 1]), probabilities, NAMES)
    for name in ("auc", "balanced_accuracy"):
        assert math.isnan(found.overall[name].value)
        assert found.overall[name].reason == "no sample of class c"
    absent = {name: entry.reason for name, entry in found.per_class[2].items()}
    assert absent["sensitivity"] == absent["auc"] == "no sample of class c"
    assert absent["ppv"] == "class c is never predicted"
    assert absent["f1"] == "no sample of class c, nor predicted as it"
    assert "same class" in absent["kappa"]
    assert absent["specificity"] == absent["npv"] == ""


def test_a_single_class():
    found = measure(np.array([0, 0]), np.array([[0.9, 0.1], [0.8, 0.2]]), ("a", "b"))
    assert found.overall["accuracy"].value == 1
    assert "same class" in found.overall["kappa"].reason
    only = {name: entry.reason for name, entry in found.per_class[0].items()}
    assert only["specificity"] == only["auc"] == "no sample of a class other than a"
    assert only["npv"] == "class a is always predicted"
