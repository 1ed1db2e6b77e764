import math

import numpy as np
import pytest

from zoo.evaluation.metrics.cross_validated_auc import cross_validated_auc
from zoo.evaluation.metrics.fold_shift import fold_shift, least_of


def folds(number=5, seed=0, decimals=1):
    generator = np.random.default_rng(seed)
    parts = []
    for size in range(20, 20 + number):
        positive = generator.random(size) < 0.4
        scores = np.round(generator.normal(size=size) + positive, decimals)
        parts.append((positive, scores, np.arange(size)))
    return parts


@pytest.mark.parametrize("decimals", [1, 12])
def test_the_influence_curve_by_brute_force(decimals):
    """LeDell, Petersen and van der Laan (2015), equation by equation."""
    parts = folds(decimals=decimals)
    total = sum(len(positive) for positive, _, _ in parts)
    share = sum(positive.sum() for positive, _, _ in parts) / total
    areas, means = [], []
    for positive, scores, _ in parts:
        above, below = scores[positive], scores[~positive]
        won = (above[:, None] > below) + 0.5 * (above[:, None] == below)
        areas.append(won.mean())
        squares = [((w.mean() - won.mean()) / share) ** 2 for w in won]
        squares += [((w.mean() - won.mean()) / (1 - share)) ** 2 for w in won.T]
        means.append(np.mean(squares))
    mean, interval = cross_validated_auc(parts, 0.9)
    half = 1.644854 * math.sqrt(np.mean(means) / total)
    assert mean == pytest.approx(np.mean(areas))
    ends = (interval.low, interval.high)
    assert ends == pytest.approx((np.mean(areas) - half, np.mean(areas) + half))


def test_a_patients_samples_are_added_up():
    parts = folds()
    copies = [tuple(np.repeat(v, 3) for v in part) for part in parts]
    single, double = cross_validated_auc(parts, 0.95), cross_validated_auc(copies, 0.95)
    assert double[0] == pytest.approx(single[0])
    assert double[1].low == pytest.approx(single[1].low)


def test_a_fold_without_a_class_leaves_no_mean():
    positive, scores, patient = folds()[0]
    mean, interval = cross_validated_auc([(positive & False, scores, patient)], 0.95)
    assert math.isnan(mean)
    assert interval.reason == "1 of 1 folds lack a class"


def test_a_shift_between_folds_is_found_within_classes():
    parts = folds(decimals=12)
    positive, scores = (np.concatenate([p[i] for p in parts]) for i in (0, 1))
    fold = np.repeat(np.arange(5), [len(p[0]) for p in parts])
    assert fold_shift(scores, fold, positive) > 0.05
    assert fold_shift(scores + fold, fold, positive) < 1e-6
    # Folds that differ in their classes alone are not shifted.
    sick = fold >= 3
    assert fold_shift(scores - positive + 5 * sick, fold, sick) > 0.05


def test_chances_of_folds_alike_are_uniform():
    generator = np.random.default_rng(2)
    fold, stratum = np.arange(120) % 4, np.arange(120) // 60
    chances = [
        fold_shift(generator.normal(size=120), fold, stratum) for _ in range(300)
    ]
    assert np.mean(np.array(chances) < 0.1) == pytest.approx(0.1, abs=0.05)


def test_without_two_folds_there_is_no_test():
    nothing = fold_shift(np.arange(4.0), np.zeros(4, int), np.zeros(4, int))
    assert math.isnan(nothing)
    assert math.isnan(least_of([nothing]))
    assert least_of([0.03, nothing, 0.4]) == pytest.approx(0.06)
