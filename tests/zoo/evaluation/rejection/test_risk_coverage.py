import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from zoo.evaluation.rejection import unknowns
from zoo.evaluation.rejection.risk_coverage import curve, resampled_area

WRONG = np.array([0, 0, 1, 0, 1], bool)
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])


def test_risk_over_coverage_by_hand():
    coverage, risk = curve(WRONG, SCORES)
    assert coverage.tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4, 2 / 5])
    (area,) = resampled_area(WRONG, SCORES, np.ones((1, 5)))
    assert area == pytest.approx(np.mean([0, 0, 1 / 3, 1 / 4, 2 / 5]))


def test_equal_scores_come_together_in_any_order():
    scores = np.array([0.9, 0.5, 0.5, 0.5, 0.1])
    coverage, risk = curve(WRONG, scores)
    assert coverage.tolist() == pytest.approx([0.2, 0.8, 1])
    assert risk.tolist() == pytest.approx([0, 0.25, 0.4])
    (area,) = resampled_area(WRONG, scores, np.ones((1, 5)))
    assert area == pytest.approx((0 + 3 * 0.25 + 0.4) / 5)
    turned = resampled_area(WRONG[[0, 3, 2, 1, 4]], scores, np.ones((1, 5)))
    assert turned == pytest.approx(area)


def test_weights_are_copies():
    weights = np.array([[2.0, 0, 1, 3, 1]])
    rows = np.repeat(np.arange(5), weights[0].astype(int))
    copied = resampled_area(WRONG[rows], SCORES[rows], np.ones((1, 7)))
    assert resampled_area(WRONG, SCORES, weights) == pytest.approx(copied)


def test_known_against_unknown():
    generator = np.random.default_rng(0)
    known, unknown = generator.normal(1.5, 1, 200), generator.normal(0, 1, 100)
    truth, scores = np.repeat([1, 0], [200, 100]), np.concatenate([known, unknown])
    assert unknowns.auroc(known, unknown) == pytest.approx(roc_auc_score(truth, scores))
    false, true, _ = roc_curve(truth, scores, drop_intermediate=False)
    expected = false[np.argmax(true >= 0.95)]
    assert unknowns.false_rate(known, unknown) == pytest.approx(expected)
