import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from pipelines.errors import DataError
from zoo.ensembling import fitting
from zoo.ensembling.log_odds import features
from zoo.targets.kinds import TARGET_KINDS

GENERATOR = np.random.default_rng(3)
LABEL = GENERATOR.integers(0, 3, 80)


def members(signals, label=LABEL, classes=3, seed=0):
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(len(signals), len(label), classes))
    for member, signal in enumerate(signals):
        logits[member, np.arange(len(label)), label] += signal
    shares = np.exp(logits)
    return shares / shares.sum(axis=2, keepdims=True)


def test_weights_are_those_of_expectation_maximisation():
    """Mixture proportions with Dirichlet's prior, by Dempster, Laird, Rubin (1977)."""
    values = members([0.2, 1.0, 3.0])
    counts = GENERATOR.random(80)
    likely = values[:, np.arange(80), LABEL]
    weights = np.full(3, 1 / 3)
    for _ in range(20_000):
        shares = weights[:, None] * likely
        shares /= shares.sum(axis=0)
        weights = (shares @ counts + 1) / (counts.sum() + 3)
    truth = LABEL[:, None].astype(float)
    kind = TARGET_KINDS["classification"]
    found = fitting.weights(values, truth, kind, counts)["weights"]
    np.testing.assert_allclose(found, weights, atol=1e-5)
    assert found[2] > 0.7


def test_with_few_patients_weights_stay_near_equal_ones():
    values = members([0.0, 3.0], LABEL[:4])
    truth = LABEL[:4, None].astype(float)
    kind = TARGET_KINDS["classification"]
    found = fitting.weights(values, truth, kind, np.ones(4))["weights"]
    assert 0.5 < found[1] < 0.85


def test_a_member_that_abstains_is_left_out_of_the_mixture():
    values = members([0.5, 2.0])
    values[0, 40:] = np.nan
    truth = LABEL[:, None].astype(float)
    likely = values[:, np.arange(80), LABEL]

    def loss(share):
        mixed = np.where(
            np.arange(80) < 40, share * likely[0] + (1 - share) * likely[1], likely[1]
        )
        return -np.log(mixed).sum() - np.log(share) - np.log(1 - share)

    grid = np.linspace(0.001, 0.999, 100_001)
    best = grid[np.argmin([loss(share) for share in grid[::50]]) * 50]
    kind = TARGET_KINDS["classification"]
    found = fitting.weights(values, truth, kind, np.ones(80))["weights"]
    assert found[0] == pytest.approx(best, abs=1e-3)


def test_weights_of_numbers_minimise_squares():
    truth = GENERATOR.normal(size=(200, 2)) * [1, 50]
    noise = GENERATOR.normal(size=(3, 200, 2)) * [1, 50]
    values = truth + noise * np.array([2.0, 1.0, 0.5])[:, None, None]
    truth[::5, 1] = np.nan
    known = ~np.isnan(truth)
    variance = np.nanmean((truth - values.mean(0)) ** 2, axis=0)

    def loss(free):
        shares = np.array([*free, 1 - sum(free)])
        if shares.min() <= 0:
            return np.inf
        mixed = np.tensordot(shares, values, 1)
        squares = (truth - mixed) ** 2 / variance
        return 0.5 * squares[known].sum() - np.log(shares).sum()

    options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 5000}
    best = minimize(loss, [0.3, 0.3], method="Nelder-Mead", options=options).x
    found = fitting.weights(values, truth, TARGET_KINDS["regression"], np.ones(200))
    np.testing.assert_allclose(found["weights"][:2], best, atol=1e-5)
    assert found["weights"][2] > 0.6


def test_weights_of_labels_count_what_is_known():
    truth = (GENERATOR.random((90, 2)) < 0.4).astype(float)
    truth[:30, 0] = np.nan
    logits = GENERATOR.normal(size=(2, 90, 2))
    logits[1] += np.where(np.nan_to_num(truth) == 1, 2.5, -2.5)
    values = expit(logits)
    kind = TARGET_KINDS["multilabel"]
    found = fitting.weights(values, truth, kind, np.ones(90))["weights"]
    known = ~np.isnan(truth)
    likely = np.where(truth == 1, values, 1 - values)[:, known]
    weights = np.full(2, 0.5)
    for _ in range(5000):
        shares = weights[:, None] * likely
        shares /= shares.sum(axis=0)
        weights = (shares.sum(axis=1) + 1) / (known.sum() + 2)
    np.testing.assert_allclose(found, weights, atol=1e-5)


def test_stacking_is_at_the_minimum_of_its_penalised_loss():
    label = LABEL % 2
    values = members([0.5, 1.5], label, classes=2)
    counts = np.full(80, 0.5)
    kind = TARGET_KINDS["classification"]
    found = fitting.stacking(values, label[:, None].astype(float), kind, counts)
    (coefficients,), (intercept,) = found["coefficients"], found["intercepts"]

    def loss(at):
        scores = features(values) @ at[:2] + at[2]
        terms = np.logaddexp(0, np.where(label == 1, -scores, scores))
        return 0.5 * (at[:2] @ at[:2]) + counts @ terms

    best = minimize(loss, np.zeros(3), tol=1e-12).x
    np.testing.assert_allclose([*coefficients, intercept], best, atol=1e-4)


def test_stacking_wants_every_class_in_validation():
    values = members([1.0, 1.0], LABEL[:10] * 0)
    kind = TARGET_KINDS["classification"]
    with pytest.raises(DataError, match="2 of 3 classes have no patient"):
        fitting.stacking(values, np.zeros((10, 1)), kind, np.ones(10))
