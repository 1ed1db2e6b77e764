import pytest

from tests.zoo.evaluation.cohorts import cohort, evaluated, given
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.headline import headline
from zoo.evaluation.results.settings import Settings
from zoo.targets.ordinal import ORDINAL

SETTINGS = Settings(bootstrap=200)


@pytest.mark.parametrize(
    ("predictions", "title"),
    [
        (cohort(30, signal=1), "AUC"),
        (cohort(60, ("F0", "F1", "F2"), kind=ORDINAL), "Quadratic kappa"),
        (labelled(30, signal=0.5), "mean AUC of the labels"),
        (numbered(30, ("kpa", "fat")), "Mean absolute error of kpa"),
    ],
)
def test_the_first_metric_of_each_kind(predictions, title):
    sentence = headline(evaluated(predictions, SETTINGS))
    assert sentence.startswith(f"{title} of the test split, by patient: ")
    assert "(95% interval " in sentence


def test_how_folds_were_put_together_stands_beside_the_split():
    sentence = headline(evaluated(cohort(12), SETTINGS), ", pooled")
    assert sentence.startswith("AUC of the test split, pooled, by patient: ")


def test_separated_classes_have_a_one_sided_bound():
    labels = [0] * 12 + [1] * 12
    evidence = evaluated(given(labels, [0.1] * 12 + [0.9] * 12), SETTINGS)
    assert headline(evidence).endswith(
        "1.000 (95% one-sided bound 0.922: the classes are separated wholly)"
    )


def test_few_patients_make_an_interval_approximate():
    sentence = headline(evaluated(numbered(12, ("kpa", "fat")), SETTINGS))
    assert "(approximate 95% interval " in sentence
