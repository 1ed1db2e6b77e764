import numpy as np
import pytest
from sklearn import metrics

from pipelines.errors import UsageError
from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.comparison import figures_of_merit
from zoo.evaluation.comparison.forms import Other
from zoo.evaluation.results import classification, multilabel, ordinal, regression
from zoo.evaluation.results.settings import Settings
from zoo.targets.ordinal import ORDINAL

SETTINGS = Settings(bootstrap=200)


def of(name, predictions):
    return figures_of_merit.named(name, predictions).objective.of(predictions)


@pytest.mark.parametrize("classes", [("well", "ill"), ("a", "b", "c")])
@pytest.mark.parametrize("graded", [False, True])
def test_of_classes_they_are_those_of_metrics_json(classes, graded):
    kind = {"kind": ORDINAL} if graded else {}
    predictions = cohort(40, classes, signal=1, **kind)
    level = (ordinal if graded else classification).level(predictions, SETTINGS)
    names = ["auc", "accuracy", "balanced_accuracy", "kappa", "log_loss", "brier"]
    names += ["quadratic_kappa", "grade_error"] if graded else []
    for name in names:
        assert of(name, predictions) == pytest.approx(level[name]["value"])
    for name in ("sensitivity", "specificity", "ppv", "npv", "f1", "kappa", "auc"):
        wanted = level["per_class"][classes[0]][name]["value"]
        assert of(f"{name}:{classes[0]}", predictions) == pytest.approx(wanted)


def test_of_labels_they_are_those_of_metrics_json():
    predictions = labelled(unknown=0.2, signal=0.8)
    level = multilabel.level(predictions, SETTINGS)
    for name in ("auc", "accuracy", "f1", "log_loss", "brier"):
        assert of(name, predictions) == pytest.approx(level[name]["value"])
        wanted = level["per_label"]["fat"][name]["value"]
        assert of(f"{name}:fat", predictions) == pytest.approx(wanted)
    for name in ("sensitivity", "specificity", "ppv", "npv", "kappa"):
        wanted = level["per_label"]["fat"][name]["value"]
        assert of(f"{name}:fat", predictions) == pytest.approx(wanted)


def test_of_numbers_they_are_those_of_metrics_json():
    predictions = numbered(names=("kpa", "ml"), unknown=0.2)
    level = regression.level(predictions, SETTINGS)["per_column"]
    for name in ("mae", "rmse", "r2", "pearson", "spearman", "ccc"):
        wanted = [level[column][name]["value"] for column in ("kpa", "ml")]
        assert of(name, predictions) == pytest.approx(np.mean(wanted))
        assert of(f"{name}:ml", predictions) == pytest.approx(wanted[1])


def test_some_are_scikit_learns():
    predictions = cohort(50, ("a", "b", "c"), signal=1)
    label, called = predictions.label, predictions.probabilities.argmax(axis=1)
    recalls = metrics.recall_score(label, called, average=None)
    assert of("sensitivity:b", predictions) == pytest.approx(recalls[1])
    scores = metrics.f1_score(label, called, average=None)
    assert of("f1:c", predictions) == pytest.approx(scores[2])
    wanted = metrics.log_loss(label, predictions.probabilities)
    assert of("log_loss", predictions) == pytest.approx(wanted)
    right = (label == 0) == (called == 0)
    assert of("accuracy:a", predictions) == pytest.approx(right.mean())


def test_of_two_classes_one_alone_is_class_1():
    predictions = cohort(20)
    assert figures_of_merit.named("sensitivity", predictions).name == "sensitivity:ill"
    assert figures_of_merit.named("auc", predictions).name == "auc"


def test_of_more_classes_the_class_is_wanted():
    predictions = cohort(20, ("a", "b", "c"))
    with pytest.raises(UsageError, match="no figure 'f1'.*f1:NAME.*one of a, b, c"):
        figures_of_merit.named("f1", predictions)
    with pytest.raises(UsageError, match="no figure 'f1:nosuch'"):
        figures_of_merit.named("f1:nosuch", predictions)


def test_which_way_is_better():
    predictions = cohort(20)
    better = {n: figures_of_merit.named(n, predictions) for n in ("auc", "brier", "f1")}
    signs = {name: figure.objective.sign for name, figure in better.items()}
    assert signs == {"auc": 1, "brier": -1, "f1": 1}


def test_proportions_and_defaults():
    predictions = cohort(20)
    auc, accuracy = figures_of_merit.default(predictions)
    assert (auc.proportion, accuracy.proportion) == (False, True)
    assert figures_of_merit.named("specificity", predictions).proportion
    assert not figures_of_merit.named("balanced_accuracy", predictions).proportion
    ppv = figures_of_merit.named("ppv", predictions)
    assert isinstance(ppv.objective.form(predictions.kind), Other)
    (mae,) = figures_of_merit.default(numbered())
    assert mae.name == "mae"
