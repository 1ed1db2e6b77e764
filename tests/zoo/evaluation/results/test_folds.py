from tests.zoo.evaluation.cohorts import cohort
from zoo.evaluation.predictions.by_patient import levels
from zoo.evaluation.predictions.predictions import take
from zoo.evaluation.results.folds import table


def test_undefined_folds_are_left_out_of_the_mean():
    one_class = take(cohort(10), range(0, 10, 2))
    folds = [levels(cohort(10)), levels(one_class)]
    summary = table(["0", "1"], folds, "sample")["summary"]
    assert summary["auc"]["folds"] == 1
    assert summary["auc"]["sd"] is None
    none = table(["0"], [levels(one_class)], "sample")["summary"]["auc"]
    assert none == {"mean": None, "sd": None, "folds": 0}
