import numpy as np
import pytest

from pipelines.errors import UsageError
from zoo.ensembling import rules
from zoo.targets.kinds import TARGET_KINDS

# Two members, four samples, three classes; the second abstains from the last.
VALUES = np.array(
    [
        [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5]],
        [[0.1, 0.5, 0.4], [0.2, 0.5, 0.3], [1.0, 0.0, 0.0], [np.nan] * 3],
    ]
)


def combined(name, values=VALUES, fitted=None, kind="classification"):
    return rules.COMBINE[kind][name](np.asarray(values, float), fitted or {})


def test_mean_of_those_that_say_something():
    expected = [[0.4, 0.35, 0.25], [0.15, 0.55, 0.3], [0.5, 0.5, 0], [0.2, 0.3, 0.5]]
    np.testing.assert_allclose(combined("mean"), expected)


def test_weights_are_scaled_among_those_that_say_something():
    weights = {"weights": [0.25, 0.75]}
    answer = combined("weighted", fitted=weights)
    np.testing.assert_allclose(answer[0], [0.25, 0.425, 0.325])
    np.testing.assert_allclose(answer[3], [0.2, 0.3, 0.5])


def test_largest_and_smallest_are_scaled_to_one():
    np.testing.assert_allclose(combined("max")[0], np.array([7, 5, 4]) / 16)
    np.testing.assert_allclose(combined("min")[0], np.array([1, 2, 1]) / 4)
    np.testing.assert_allclose(combined("min")[2], [0.5, 0.5, 0])  # all 0: the mean
    np.testing.assert_allclose(combined("max")[3], [0.2, 0.3, 0.5])


def test_of_two_classes_largest_and_smallest_decide_alike():
    """Kittler et al. (1998), section 4: with two classes they are the same rule."""
    first = np.random.default_rng(0).random((5, 50))
    values = np.stack([first, 1 - first], axis=2)
    largest, smallest = combined("max", values), combined("min", values)
    np.testing.assert_array_equal(largest.argmax(1), smallest.argmax(1))


def test_medians_are_scaled_to_one():
    values = [[[0.7, 0.2, 0.1]], [[0.1, 0.5, 0.4]], [[0.3, 0.3, 0.4]]]
    np.testing.assert_allclose(combined("median", values)[0], [0.3, 0.3, 0.4])
    assert combined("median", [[[3.0]], [[9.0]], [[4.0]]], kind="regression") == 4


def test_majority_counts_votes_and_the_mean_breaks_ties():
    answer = combined("majority")
    np.testing.assert_allclose(answer[0], np.array([1.4, 1.35, 0.25]) / 3)
    assert answer[0].argmax() == 0  # one vote each, and the larger mean
    np.testing.assert_allclose(answer[3], [0.1, 0.15, 0.75])


def test_no_mean_overrules_a_vote():
    sure, unsure = [0.0, 1.0], [0.51, 0.49]
    assert combined("majority", [[unsure], [unsure], [sure]]).argmax() == 0
    random = np.random.default_rng(1).dirichlet(np.full(4, 0.3), (7, 400))
    votes = np.eye(4)[random.argmax(axis=2)].sum(axis=0)
    chosen = combined("majority", random).argmax(axis=1)
    np.testing.assert_array_equal(votes[np.arange(400), chosen], votes.max(axis=1))


def test_stacking_of_two_classes_is_a_logistic_function_of_the_log_odds():
    values = np.array([[[0.8, 0.2]], [[0.4, 0.6]]])
    fitted = {"coefficients": [[0.5, 2.0]], "intercepts": [-0.1]}
    score = 0.5 * np.log(0.2 / 0.8) + 2 * np.log(0.6 / 0.4) - 0.1
    answer = combined("stacking", values, fitted)
    np.testing.assert_allclose(answer[0, 1], 1 / (1 + np.exp(-score)))


def test_a_member_that_abstains_has_the_log_odds_of_the_others():
    values = np.array([[[0.8, 0.2]], [[np.nan] * 2]])
    fitted = {"coefficients": [[0.5, 2.0]], "intercepts": [0.0]}
    score = 2.5 * np.log(0.2 / 0.8)
    answer = combined("stacking", values, fitted)
    np.testing.assert_allclose(answer[0, 1], 1 / (1 + np.exp(-score)))


FITTED = {
    "weighted": {"weights": [0.5, 0.5]},
    "stacking": {"coefficients": np.ones((3, 6)), "intercepts": [0.0, 1, 2]},
}


@pytest.mark.parametrize("name", rules.RULES)
def test_rows_sum_to_one_and_without_a_vote_there_is_no_answer(name):
    values = np.concatenate([VALUES, np.full((2, 1, 3), np.nan)], axis=1)
    answer = combined(name, values, FITTED.get(name))
    np.testing.assert_allclose(answer[:4].sum(axis=1), 1, atol=1e-12)
    assert np.isnan(answer[4]).all()


def test_a_rule_that_does_not_suit_is_refused_with_the_reason():
    with pytest.raises(UsageError, match="ordinal: a member votes .*mean or weighted"):
        rules.check("majority", TARGET_KINDS["ordinal"])
    with pytest.raises(UsageError, match="one of mean, weighted"):
        rules.check("product", TARGET_KINDS["ordinal"])
    for kind in TARGET_KINDS.values():
        rules.check("mean", kind)
        rules.check("weighted", kind)
