import numpy as np
import pytest
from sklearn.metrics import roc_curve

from pipelines.errors import DataError, UsageError
from zoo.evaluation.decisions.operating_point import (
    OperatingPoint,
    Rule,
    choose,
    event_of,
    parse,
)

SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
HAPPENED = np.array([0, 0, 0, 1, 0, 0, 1, 1, 0, 1], bool)


def chosen(text, scores=SCORES, happened=HAPPENED):
    return choose(parse(text), scores, happened, ("ill",))


def test_youdens_point_is_that_of_the_roc():
    generator = np.random.default_rng(0)
    happened = generator.random(300) < 0.3
    scores = 1 / (1 + np.exp(-generator.normal(size=300) - happened))
    point = chosen("youden", scores, happened)
    false_rate, true_rate, _ = roc_curve(happened, scores)
    best = (true_rate - false_rate).max()
    assert point.sensitivity + point.specificity - 1 == pytest.approx(best)
    called = scores >= point.threshold
    assert point.sensitivity == called[happened].mean()
    assert point.specificity == (~called[~happened]).mean()


def test_of_equal_youden_indices_the_lowest_threshold_is_taken():
    scores, happened = np.array([0.2, 0.4, 0.6, 0.8]), np.array([0, 1, 0, 1], bool)
    assert chosen("youden", scores, happened).threshold == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("text", "threshold", "sensitivity", "specificity"),
    [
        ("sensitivity=0.75", 0.65, 0.75, 5 / 6),
        ("sensitivity=0.76", 0.35, 1.0, 0.5),
        ("specificity=0.5", 0.35, 1.0, 0.5),
        ("specificity=0.9", 0.925, 0.25, 1.0),
        ("threshold=0.7", 0.7, 0.75, 5 / 6),
        ("cost=1:4", 0.2, 1.0, 1 / 6),
    ],
)
def test_what_each_rule_chooses(text, threshold, sensitivity, specificity):
    point = chosen(text)
    assert point.threshold == pytest.approx(threshold)
    assert point.sensitivity == pytest.approx(sensitivity)
    assert point.specificity == pytest.approx(specificity)
    assert point.event == ("ill",)


def test_equal_scores_are_called_alike():
    point = chosen("sensitivity=0.5", np.full(4, 0.4), np.array([0, 1, 0, 1], bool))
    assert (point.sensitivity, point.specificity) == (1, 0)
    assert point.threshold == 0


def test_a_specificity_that_equal_scores_of_one_deny():
    with pytest.raises(DataError, match="no threshold reaches a specificity of 0.9"):
        chosen("specificity=0.9", np.ones(4), np.array([0, 1, 0, 1], bool))


def test_without_both_outcomes_there_is_no_point():
    with pytest.raises(DataError, match="Received: 0 of 4 with it"):
        chosen("youden", np.linspace(0, 1, 4), np.zeros(4, bool))


@pytest.mark.parametrize(
    "text", ["best", "youden=1", "sensitivity", "cost=1", "cost=0:1"]
)
def test_a_rule_that_is_none(text):
    with pytest.raises(UsageError, match="--operating-point wants youden"):
        parse(text)


@pytest.mark.parametrize("text", ["sensitivity=1", "threshold=0", "specificity=1.5"])
def test_a_number_out_of_range(text):
    with pytest.raises(UsageError, match="is between 0 and 1, without these"):
        parse(text)


def test_costs_become_a_threshold():
    assert parse("cost=1:4") == Rule(name="cost", value=0.2)
    assert str(parse("cost=1:4")) == "cost=0.2"
    assert str(parse("youden")) == "youden"


def test_the_event_of_a_class():
    assert event_of(("well", "ill"), None, ordered=False) == ("ill",)
    assert event_of(("a", "b", "c"), "b", ordered=False) == ("b",)
    assert event_of(("I", "II", "III"), "II", ordered=True) == ("II", "III")
    with pytest.raises(UsageError, match="--class is one of a, b, c. Received: none"):
        event_of(("a", "b", "c"), None, ordered=False)
    with pytest.raises(UsageError, match="every grade is I or above"):
        event_of(("I", "II", "III"), "I", ordered=True)


def test_a_threshold_that_is_no_probability():
    with pytest.raises(ValueError, match="threshold in 0..1"):
        OperatingPoint(
            rule="youden", event=("a",), threshold=2, sensitivity=1, specificity=1
        )
