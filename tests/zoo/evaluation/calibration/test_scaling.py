import json

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import softmax
from zoo.evaluation.calibration import scaling
from zoo.evaluation.calibration.scaling import (
    IsotonicScaling,
    TemperatureScaling,
    VectorScaling,
)
from zoo.evaluation.calibration.scaling_fit import fit


def overconfident(samples=400, classes=3, *, sharpness=3.0, seed=0):
    """Labels drawn from the softmax of logits; the probabilities are sharper."""
    generator = np.random.default_rng(seed)
    logits = 1.5 * generator.normal(size=(samples, classes))
    true = softmax(logits)
    labels = np.array([generator.choice(classes, p=row) for row in true])
    return softmax(sharpness * logits), labels


def log_loss(probabilities, labels):
    return -np.mean(np.log(probabilities[np.arange(len(labels)), labels]))


@pytest.mark.parametrize("classes", [2, 3])
def test_a_temperature_is_the_best_of_a_grid(classes):
    stated, labels = overconfident(classes=classes)
    fitted = fit("temperature", stated, labels, split="validation")
    grid = np.linspace(0.5, 6, 5501)
    losses = [
        log_loss(stated ** (1 / t) / (stated ** (1 / t)).sum(1)[:, None], labels)
        for t in grid
    ]
    assert fitted.temperature == pytest.approx(grid[np.argmin(losses)], abs=0.001)
    assert 2 < fitted.temperature < 4
    loss = log_loss(fitted.calibrated(stated), labels)
    assert loss == pytest.approx(min(losses), abs=1e-8)


def test_a_temperature_divides_logits():
    logits = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]])
    given = TemperatureScaling(temperature=2.5).calibrated(softmax(logits))
    np.testing.assert_allclose(given, softmax(logits / 2.5), rtol=1e-12)


def test_vector_scaling_of_two_classes_is_a_logistic_regression():
    stated, labels = overconfident(classes=2)
    fitted = fit("vector", stated, labels, split="validation")
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    model.fit(np.log(stated), labels)
    np.testing.assert_allclose(
        fitted.calibrated(stated)[:, 1],
        model.predict_proba(np.log(stated))[:, 1],
        atol=2e-5,
    )
    assert sum(fitted.biases) == pytest.approx(0, abs=1e-12)


def test_vector_scaling_is_likelier_than_its_neighbours_and_a_temperature():
    stated, labels = overconfident(classes=3)
    fitted = fit("vector", stated, labels, split="validation")
    best = log_loss(fitted.calibrated(stated), labels)
    for place in range(6):
        for step in (-0.02, 0.02):
            numbers = np.array([*fitted.factors, *fitted.biases])
            numbers[place] += step
            near = VectorScaling(
                factors=tuple(numbers[:3].tolist()), biases=tuple(numbers[3:].tolist())
            )
            assert log_loss(near.calibrated(stated), labels) > best
    one = fit("temperature", stated, labels, split="validation")
    assert best <= log_loss(one.calibrated(stated), labels)


def test_isotonic_scaling_is_scikit_learns():
    stated, labels = overconfident(classes=2)
    fitted = fit("isotonic", stated, labels, split="validation")
    model = IsotonicRegression(out_of_bounds="clip").fit(stated[:, 1], labels)
    new = np.linspace(0, 1, 501)
    given = fitted.calibrated(np.stack([1 - new, new], axis=1))
    np.testing.assert_allclose(given[:, 1], model.predict(new), atol=1e-12)
    np.testing.assert_allclose(given.sum(axis=1), 1)


def test_isotonic_scaling_of_three_classes_is_normalised_one_against_the_rest():
    stated, labels = overconfident(classes=3)
    given = fit("isotonic", stated, labels, split="validation").calibrated(stated)
    columns = [
        IsotonicRegression().fit_transform(stated[:, c], labels == c) for c in range(3)
    ]
    values = np.stack(columns, axis=1)
    np.testing.assert_allclose(given, values / values.sum(1)[:, None], atol=1e-12)


def test_isotonic_values_that_are_all_zero_leave_the_probabilities():
    zero = IsotonicScaling(stated=((0.0, 1.0),) * 3, observed=((0.0, 0.0),) * 3)
    stated = np.array([[0.2, 0.3, 0.5]])
    np.testing.assert_array_equal(zero.calibrated(stated), stated)


@pytest.mark.parametrize("method", scaling.SCALINGS)
def test_a_scaling_survives_json_to_the_last_bit(method):
    stated, labels = overconfident(classes=3)
    fitted = fit(method, stated, labels, split="validation")
    again = scaling.from_fields(json.loads(json.dumps(scaling.to_fields(fitted))))
    assert again == fitted
    np.testing.assert_array_equal(again.calibrated(stated), fitted.calibrated(stated))


def test_a_probability_of_zero_stays_a_number():
    given = TemperatureScaling(temperature=2).calibrated(np.array([[0.0, 1.0]]))
    assert np.isfinite(given).all()
    assert given[0, 0] < 1e-15


@pytest.mark.parametrize("method", ["temperature", "vector"])
def test_separated_classes_have_no_likeliest_scaling(method):
    stated = np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8]])
    with pytest.raises(DataError, match="has no maximum .* Choose --scaling"):
        fit(method, stated, np.array([0, 0, 1, 1]), split="validation")


def test_probabilities_against_the_truth_have_no_temperature():
    stated, labels = overconfident(classes=2)
    with pytest.raises(DataError, match="say nothing of the classes"):
        fit("temperature", stated, 1 - labels, split="validation")


def test_a_class_without_a_sample_is_refused():
    stated, labels = overconfident(classes=3)
    kept = labels < 2
    with pytest.raises(DataError, match="none of 1 of 3 classes"):
        fit("temperature", stated[kept], labels[kept], split="validation")


def test_numbers_that_a_scaling_cant_have():
    with pytest.raises(DataError, match="a temperature is positive"):
        scaling.from_fields({"method": "temperature", "temperature": -1.0})
    with pytest.raises(DataError, match="a scaling is one of temperature"):
        scaling.from_fields({"method": "platt"})
    with pytest.raises(ValueError, match="one factor and one bias"):
        VectorScaling(factors=(1.0, 2.0), biases=(0.0,))
    with pytest.raises(ValueError, match="knots of an isotonic line rise"):
        IsotonicScaling(stated=((0.5, 0.1),), observed=((0.0, 1.0),))
    with pytest.raises(ValueError, match="gives probabilities"):
        IsotonicScaling(stated=((0.1, 0.5),), observed=((0.0, 1.5),))
