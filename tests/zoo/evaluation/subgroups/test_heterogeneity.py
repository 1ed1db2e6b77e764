import numpy as np
import pytest
from scipy import stats

from tests.zoo.evaluation.cohorts import cohort, given
from zoo.evaluation.metrics.delong import delong_variance
from zoo.evaluation.predictions.predictions import take
from zoo.evaluation.results import classification
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.subgroups import cochran, heterogeneity
from zoo.evaluation.subgroups.grouping import Grouping
from zoo.evaluation.subgroups.permutation import permutation_tests
from zoo.evaluation.subgroups.request import By

SETTINGS = Settings(bootstrap=200)


def compared(predictions, place, names, unknown=False, settings=SETTINGS):
    groups = Grouping(
        by=By(name="x"), names=names, place=np.array(place), unknown=unknown
    )
    levels = {
        name: classification.level(
            take(predictions, np.flatnonzero(groups.place == number)), settings
        )
        for number, name in enumerate(names)
    }
    return heterogeneity.tests(predictions, groups, levels, settings), levels


def test_q_by_its_other_formula():
    """The weighted sum of squares less that of the mean."""
    estimates = np.array([-0.83, -1.056, -1.278, -0.043, 0.223, -2.407, -1.28, -1.191])
    variances = np.array([1.556, 0.172, 0.649, 2.042, 0.239, 1.149, 1.43, 2.765])
    q = cochran.heterogeneity(estimates, variances)
    weights = 1 / variances
    mean = np.average(estimates, weights=weights)
    wanted = np.sum(weights * estimates**2) - mean**2 * weights.sum()
    assert q.statistic == pytest.approx(wanted)
    assert (q.degrees, q.p) == (7, pytest.approx(stats.chi2.sf(wanted, 7)))
    assert q.i2 == pytest.approx((wanted - 7) / wanted)


def test_q_of_two_groups_is_the_square_of_z():
    q = cochran.heterogeneity((1.0, 2.0), (0.25, 0.39))
    z = 1 / np.sqrt(0.64)
    assert q.statistic == pytest.approx(z**2)
    assert q.p == pytest.approx(2 * stats.norm.sf(z))


def test_the_auc_of_large_groups():
    predictions = cohort(120)
    place = np.arange(120) // 2 % 2
    tests, levels = compared(predictions, place, ("a", "b"))
    logits = []
    for number, name in enumerate("ab"):
        rows = place == number
        area = levels[name]["auc"]["value"]
        variance = delong_variance(
            predictions.label[rows] == 1, predictions.probabilities[rows, 1]
        )
        logits.append((np.log(area / (1 - area)), variance / (area * (1 - area)) ** 2))
    (first, one), (second, other) = logits
    z = (first - second) / np.sqrt(one + other)
    assert tests["auc"]["test"] == "Cochran's Q"
    assert tests["auc"]["p"] == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert tests["ill: auc"] == tests["auc"]


def test_proportions():
    predictions = cohort(200, signal=0.8)
    place = np.arange(200) // 2 % 2
    tests, levels = compared(predictions, place, ("a", "b"))
    counts = [
        (np.trace(levels[name]["confusion"]), levels[name]["samples"]) for name in "ab"
    ]
    table = [(right, total - right) for right, total in counts]
    wanted = stats.chi2_contingency(table, correction=False).pvalue
    assert tests["accuracy"]["test"] == "chi-square"
    assert tests["accuracy"]["p"] == pytest.approx(wanted)
    confusions = [np.array(levels[name]["confusion"]) for name in "ab"]
    table = [(confusion[1, 1], confusion[0, 1]) for confusion in confusions]
    wanted = stats.chi2_contingency(table, correction=False).pvalue
    assert tests["ill: ppv"]["p"] == pytest.approx(wanted)


def test_few_patients_are_for_fisher_and_permutations():
    scores = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9] * 2
    label = [0, 0, 1, 0, 1, 1, 1, 1] + [1, 0, 0, 1, 1, 0, 1, 0]
    tests, levels = compared(given(label, scores), [0] * 8 + [1] * 8, ("a", "b"))
    assert tests["accuracy"] == {
        "test": "Fisher",
        "p": pytest.approx(stats.fisher_exact([[7, 1], [4, 4]]).pvalue),
    }
    assert tests["auc"]["test"] == "permutation"


def test_permutation_is_that_of_all_exchanges():
    """Of 3 + 3 patients of one class all 20 exchanges, by hand: of means of errors."""
    values = np.array([0.9, 0.8, 0.7, 0.2, 0.3, 0.1])

    def replicate(weights):
        return {"mean": weights @ values / weights.sum(axis=1)}

    result = permutation_tests(
        replicate,
        patient=np.arange(6),
        group=np.array([0, 0, 0, 1, 1, 1]),
        stratum=np.zeros(6, int),
        permutations=4000,
        seed=0,
    )["mean"]
    # The groups as they are, and exchanged: 2 of 20 are as far apart.
    assert result.p == pytest.approx(0.1, abs=0.015)


def test_permutations_keep_the_classes_of_a_group():
    """A group of one class alone: all its figures stay, so p is 1."""
    stratum = np.array([0, 0, 1, 1])

    def replicate(weights):
        return {"share": weights @ stratum / weights.sum(axis=1)}

    result = permutation_tests(
        replicate,
        patient=np.arange(4),
        group=np.array([0, 0, 1, 1]),
        stratum=stratum,
        permutations=50,
        seed=0,
    )
    assert result["share"].p == 1


def test_the_unknown_and_undefined_groups_are_left_out():
    predictions = cohort(80)
    place = np.arange(80) // 2 % 2
    place[predictions.label == 0] = np.where(np.arange(40) < 36, 0, 2)
    tests, _ = compared(predictions, place, ("a", "b", "unknown"), unknown=True)
    assert tests["auc"] == {
        "test": "",
        "p": None,
        "reason": "it is defined in fewer than two groups",
        "left_out": ["b"],
    }
    assert tests["ill: sensitivity"]["p"] is not None


def test_patients_of_several_samples():
    predictions = cohort(40, samples_each=2)
    tests, _ = compared(predictions, np.arange(80) // 4 % 2, ("a", "b"))
    assert tests["accuracy"]["test"] == tests["auc"]["test"] == "permutation"
    tests, _ = compared(predictions, np.arange(80) % 2, ("a", "b"))
    assert tests["auc"]["reason"] == "a patient has samples in several groups"
