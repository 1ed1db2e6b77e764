import numpy as np
import pytest
from scipy.optimize import minimize

from zoo.training.baseline import regression as baseline_regression


def cohort(patients=60, signal=2.0, classes=2, seed=0):
    draw = np.random.default_rng(seed)
    labels = np.arange(patients) % classes
    numbers = draw.normal(size=(patients, 3))
    numbers[:, 0] += signal * labels
    return numbers, labels, [f"p{i}" for i in range(patients)]


def fit(numbers, labels, patients, *, classes=2):
    return baseline_regression.fit(numbers, labels, patients, classes=classes, seed=0)


def test_the_coefficients_minimise_the_penalised_log_loss():
    numbers, labels, patients = cohort()
    found = fit(numbers, labels, patients)

    def cost(weights):
        score = numbers @ weights[:3] + weights[3]
        loss = np.logaddexp(0, np.where(labels == 1, -score, score)).sum()
        return found.inverse_penalty * loss + 0.5 * weights[:3] @ weights[:3]

    best = minimize(cost, np.zeros(4), tol=1e-10).x
    score = numbers @ best[:3] + best[3]
    np.testing.assert_allclose(
        found.probabilities(numbers)[:, 1], 1 / (1 + np.exp(-score)), atol=1e-3
    )


def test_noise_is_penalised_more_than_a_signal():
    strong, weak = fit(*cohort(signal=4)), fit(*cohort(signal=0))
    assert weak.inverse_penalty < strong.inverse_penalty
    assert weak.folds == strong.folds == 5


def test_the_penalty_is_chosen_by_patient():
    """A patient's samples are alike: split by sample they would tell the answer."""
    draw = np.random.default_rng(1)
    own = draw.normal(size=(12, 8))
    labels = np.repeat(draw.permutation(12) % 2, 6)
    patients = [f"p{i // 6}" for i in range(72)]
    found = fit(np.repeat(own, 6, axis=0), labels, patients)
    alone = fit(np.repeat(own, 6, axis=0), labels, [f"s{i}" for i in range(72)])
    assert found.inverse_penalty < alone.inverse_penalty


def test_a_class_with_one_patient_leaves_the_penalty_alone():
    numbers, labels, patients = cohort(9)
    labels = np.array([1] + [0] * 8)
    found = fit(numbers, labels, patients)
    assert (found.inverse_penalty, found.folds) == (1.0, 0)


@pytest.mark.parametrize("classes", [3, 4])
def test_several_classes_of_which_one_may_have_no_sample(classes):
    numbers, labels, patients = cohort(classes=3)
    shares = fit(numbers, labels, patients, classes=classes).probabilities(numbers)
    assert shares.shape == (60, classes)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (shares[:, 3:] == 0).all()


def numbers_of(patients=50, noise=0.5, seed=0):
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(patients, 3))
    values = 7 + 2 * numbers[:, 0] + noise * draw.normal(size=patients)
    return numbers, values, [f"p{i}" for i in range(patients)]


def test_the_linear_coefficients_minimise_the_penalised_squared_error():
    numbers, values, patients = numbers_of()
    found = baseline_regression.fit_numbers(numbers, values, patients, seed=0)
    centred = numbers - numbers.mean(axis=0)
    matrix = centred.T @ centred + found.penalty * np.eye(3)
    wanted = np.linalg.solve(matrix, centred.T @ (values - values.mean()))
    np.testing.assert_allclose(found.model.coef_, wanted, rtol=1e-6)


def test_noise_shrinks_the_linear_coefficients():
    strong = baseline_regression.fit_numbers(*numbers_of(), seed=0)
    weak = baseline_regression.fit_numbers(*numbers_of(noise=50), seed=0)
    assert weak.penalty > strong.penalty
    assert weak.folds == strong.folds == 5


def test_a_single_patient_leaves_the_linear_penalty_alone():
    numbers, values, _ = numbers_of(6)
    found = baseline_regression.fit_numbers(numbers, values, ["p"] * 6, seed=0)
    assert (found.penalty, found.folds) == (1.0, 0)


def test_the_linear_penalty_is_chosen_by_patient():
    numbers, values, _ = numbers_of(8, noise=5)
    copies = np.repeat(numbers, 6, axis=0), np.repeat(values, 6)
    by_patient = [f"p{i // 6}" for i in range(48)]
    by_sample = [f"s{i}" for i in range(48)]
    penalties = [
        baseline_regression.fit_numbers(*copies, names, seed=0).penalty
        for names in (by_patient, by_sample)
    ]
    assert penalties[0] > penalties[1]
