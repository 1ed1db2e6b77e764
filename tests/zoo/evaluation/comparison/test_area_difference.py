import itertools
import math

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import t as student

from tests.zoo.evaluation.cohorts import given
from tests.zoo.evaluation.comparison.models import other_model, pair
from zoo.evaluation.comparison import area_difference, contributions, figures_of_merit
from zoo.evaluation.comparison.paired import compare
from zoo.evaluation.comparison.spread import spread


def of(first, second, confidence=0.95):
    objective = figures_of_merit.named("auc", first).objective
    both = (contributions.of(each, objective) for each in (first, second))
    return area_difference.inference(*both, "delong", confidence)


def direct(predictions):
    """The area and its placements, pair by pair (DeLong et al., 1988, section 2)."""
    scores, label = predictions.probabilities[:, 1], predictions.label
    above, below = scores[label == 1], scores[label == 0]
    wins = np.zeros((len(above), len(below)))
    for i, j in itertools.product(range(len(above)), range(len(below))):
        wins[i, j] = 1.0 if above[i] > below[j] else 0.5 * (above[i] == below[j])
    return wins.mean(), wins.mean(axis=1), wins.mean(axis=0)


def test_it_is_delongs_test_and_zous_interval_pair_by_pair():
    first, second = pair(60, seed=2)
    areas, tens, ones = zip(*map(direct, (first, second)))
    covariance = np.cov(tens) / len(tens[0]) + np.cov(ones) / len(ones[0])
    error = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    tested = compare(first, second, figures_of_merit.named("auc", first).objective)
    degrees = tested.spread.degrees
    found = of(first, second)
    wanted = 2 * student.sf(abs(areas[0] - areas[1]) / error, degrees)
    assert found.p == pytest.approx(wanted)
    assert found.p == tested.p  # what sweeps stop by

    correlation = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    limits = []
    for area, variance in zip(areas, covariance.diagonal()):
        half = student.ppf(0.975, degrees) * math.sqrt(variance) / (area * (1 - area))
        limits.append((expit(logit(area) - half), expit(logit(area) + half)))
    down, up = areas[0] - limits[0][0], limits[1][1] - areas[1]
    reach = math.sqrt(down**2 + up**2 - 2 * correlation * down * up)
    assert found.low == pytest.approx(areas[0] - areas[1] - reach)


def test_the_other_way_round_the_sign_is_the_other():
    first, second = pair(40)
    found, back = of(first, second), of(second, first)
    assert (found.low, found.high) == pytest.approx((-back.high, -back.low))
    assert found.above(0.05) == pytest.approx(back.below(-0.05))


def test_one_sided_p_reach_the_level_at_the_ends():
    found = of(*pair(40), confidence=0.9)
    assert found.above(found.low) == pytest.approx(0.05)
    assert found.below(found.high) == pytest.approx(0.05)
    assert found.above(found.high) == pytest.approx(0.95)
    assert found.above(-0.999) < 1e-3


def test_a_perfect_area_is_called_approximate():
    label = [0, 0, 0, 1, 1, 1]
    perfect = given(label, [0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    other = given(label, [0.1, 0.75, 0.3, 0.7, 0.2, 0.9])
    found = of(perfect, other)
    assert found.note.startswith("approximate")
    assert found.low is not None


def test_one_model_twice_is_no_difference():
    first, _ = pair()
    found = of(first, first)
    assert (found.p, found.low) == (1.0, None)
    assert found.reason == "no patient tells them apart"


def test_a_contrast_of_four_areas_is_delongs_pair_by_pair():
    first, second = pair(60, seed=2)
    models = [first, second, other_model(first, 5), other_model(second, 6)]
    weights = np.array([1, -1, -1, 1])
    objective = figures_of_merit.named("auc", first).objective
    sums = [contributions.of(each, objective) for each in models]
    terms = [*zip(weights.tolist(), sums, strict=True)]
    found = area_difference.contrast(terms, "delong", 0.95)
    areas, tens, ones = map(np.array, zip(*map(direct, models)))
    covariance = np.cov(tens) / len(tens[0]) + np.cov(ones) / len(ones[0])
    error = math.sqrt(weights @ covariance @ weights)
    degrees = spread(contributions.contrast(terms)).degrees
    value = weights @ areas
    assert found.p == pytest.approx(2 * student.sf(abs(value) / error, degrees))

    errors = np.sqrt(covariance.diagonal())
    half = student.ppf(0.975, degrees) * errors / (areas * (1 - areas))
    down, up = areas - expit(logit(areas) - half), expit(logit(areas) + half) - areas
    reach = 0.0
    for i, j in itertools.product(range(4), repeat=2):
        far_i, far_j = (down[k] if weights[k] > 0 else up[k] for k in (i, j))
        correlation = covariance[i, j] / (errors[i] * errors[j])
        reach += weights[i] * weights[j] * correlation * far_i * far_j
    assert found.low == pytest.approx(value - math.sqrt(reach))
    assert found.below(found.high) == pytest.approx(0.025)
