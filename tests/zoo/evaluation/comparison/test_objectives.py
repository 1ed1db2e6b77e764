import dataclasses
import math

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import pearsonr, spearmanr
from sklearn import metrics as sklearn_metrics

from pipelines.errors import DataError, UsageError
from pipelines.tasks.target import Target
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.comparison import objectives
from zoo.evaluation.comparison.forms import resampled
from zoo.evaluation.metrics import by_kind
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import take
from zoo.recipes.optimisation import Optimisation
from zoo.targets.kinds import TARGET_KINDS
from zoo.targets.ordinal import ORDINAL
from zoo.targets.regression import REGRESSION
from zoo.targets.standardisation import ColumnStatistics
from zoo.targets.target_output import TargetOutput
from zoo.training.callbacks.validation_scores import scores
from zoo.training.loop.inference import ModelOutputs
from zoo.training.model_predictions import collect

CLASSES = ("a", "b", "c")
TARGETS = {
    "classification": Target(classes=CLASSES),
    "two classes": Target(classes=("well", "ill")),
    "ordinal": Target(kind="ordinal", columns=("x",), classes=CLASSES),
    "multilabel": Target(kind="multilabel", columns=tuple("uvw"), classes=tuple("UVW")),
    "regression": Target(kind="regression", columns=("fat", "kpa")),
}


def outputs_of(target, rows, draw):
    """What a model of the target gives, in float32."""
    if target.kind == "regression":
        return {"predictions": draw.normal(5, 2, (rows, 2)).astype(np.float32)}
    if target.kind == "ordinal":
        steps = np.sort(draw.normal(0, 2, (rows, 2)))[:, ::-1]
        above = np.pad(expit(steps), ((0, 0), (1, 1)), constant_values=(1, 0))
        above[:, -1] = 0
        above[:, 0] = 1
        shares = above[:, :-1] - above[:, 1:]
        logits = np.log(shares)
    else:
        logits = draw.normal(0, 2, (rows, len(target.classes)))
        shares = expit(logits)
        if target.kind == "classification":
            shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return {"logits": logits.astype("f4"), "probabilities": shares.astype("f4")}


def truth_of(target, rows, draw):
    if target.kind in ("classification", "ordinal"):
        return (np.arange(rows) % len(target.classes))[:, None].astype(float)
    if target.kind == "regression":
        truth = draw.normal(5, 3, (rows, 2))
    else:
        truth = draw.integers(0, 2, (rows, 3)).astype(float)
        truth[:, 2] = 1  # a label that all have has no area
    truth[draw.uniform(size=truth.shape) < 0.2] = np.nan
    return truth


def validated(name):
    """What training writes into the history, and the predictions of the same model."""
    target, draw = TARGETS[name], np.random.default_rng(3)
    statistics = ()
    if target.kind == "regression":
        statistics = tuple(
            ColumnStatistics(name=column, mean=4.0, deviation=2.0)
            for column in target.columns
        )
    target_output = TargetOutput(target=target, column_statistics=statistics)
    names = tuple(f"{i:016x}" for i in range(40))
    model_outputs = ModelOutputs(
        sample_id=names,
        patient_id=names,
        target=truth_of(target, 40, draw),
        outputs=outputs_of(target, 40, draw),
    )
    history = scores(model_outputs, target_output, Optimisation())
    return history, collect({"validation": model_outputs}, target_output, None), target


@pytest.mark.parametrize("name", TARGETS)
def test_what_training_monitors_is_had_from_predictions(name, tmp_path):
    history, predictions, target = validated(name)
    path = tmp_path / "predictions.csv"
    predictions_file.write(path, predictions)
    kept = predictions_file.read(path, target)
    checked = []
    for title, value in history.items():
        objective = objectives.named(title)
        if objective.from_predictions(predictions.kind):
            checked.append(title)
            assert objective.of(predictions) == pytest.approx(value, rel=1e-12)
            assert objective.of(kept) == pytest.approx(value, rel=1e-7)
    assert len(checked) == (2 if name == "regression" else 3)


@pytest.mark.parametrize("name", ["classification", "two classes", "multilabel"])
def test_the_area_of_a_file_is_bit_for_bit_that_of_training(name, tmp_path):
    history, predictions, target = validated(name)
    predictions_file.write(tmp_path / "predictions.csv", predictions)
    kept = predictions_file.read(tmp_path / "predictions.csv", target)
    assert objectives.named("val_auc").of(kept) == history["val_auc"]


@pytest.mark.parametrize(
    ("predictions", "named"),
    [
        (
            cohort(30, CLASSES, samples_each=2, signal=1),
            {"balanced_accuracy": "balanced_accuracy", "brier": "brier"},
        ),
        (cohort(20, signal=1), {"kappa": "kappa", "brier": "brier"}),
        (
            cohort(30, CLASSES, kind=ORDINAL, signal=1),
            {"quadratic_kappa": "quadratic_kappa", "grade_error": "grade_error"},
        ),
        (labelled(unknown=0.2), {"f1": "f1", "brier": "brier"}),
        (
            numbered(unknown=0.2),
            {
                "val_mae": "mae",
                "val_r2": "r2",
                "rmse": "rmse",
                "pearson": "pearson",
                "spearman": "spearman",
                "ccc": "ccc",
            },
        ),
    ],
)
def test_metrics_are_those_of_the_evidence(predictions, named):
    measures = by_kind.METRICS[predictions.kind.name](
        predictions.truth, predictions.outputs, predictions.names
    )
    for name, metric in named.items():
        value = objectives.named(name).of(predictions)
        assert value == pytest.approx(measures[metric].value, rel=1e-12), name


def test_metrics_of_two_columns_are_means():
    predictions = numbered(names=("fat", "kpa"), noise=2)
    truth, predicted = predictions.truth.T, predictions.outputs["pred"].T
    pairs = [*zip(truth, predicted)]
    for name, metric in (
        ("pearson", lambda t, p: pearsonr(t, p)[0]),
        ("spearman", lambda t, p: spearmanr(t, p)[0]),
        ("val_r2", sklearn_metrics.r2_score),
        ("val_mae", sklearn_metrics.mean_absolute_error),
    ):
        wanted = np.mean([metric(*pair) for pair in pairs])
        assert objectives.named(name).of(predictions) == pytest.approx(wanted)


def test_a_column_that_nobody_knows_leaves_the_mean_undefined():
    predictions = numbered(names=("fat", "kpa"))
    truth = predictions.truth.copy()
    truth[:, 1] = np.nan
    predictions = dataclasses.replace(predictions, truth=truth)
    assert math.isnan(objectives.named("val_mae").of(predictions))
    assert math.isnan(objectives.named("pearson").of(predictions))


def test_an_area_without_a_class_is_undefined():
    predictions = take(cohort(9, CLASSES), [0, 1, 3, 4])
    assert math.isnan(objectives.named("val_auc").of(predictions))


def test_labels_that_nobody_knows_or_all_have_are_left_out_of_the_area():
    predictions = labelled(names=("a", "b", "c"), signal=0.5)
    truth = predictions.truth.copy()
    truth[:, 1], truth[:, 2] = np.nan, 1
    cut = dataclasses.replace(predictions, truth=truth)
    wanted = sklearn_metrics.roc_auc_score(truth[:, 0], cut.outputs["logit"][:, 0])
    assert objectives.named("val_auc").of(cut) == pytest.approx(wanted)
    truth = np.ones_like(truth)
    cut = dataclasses.replace(predictions, truth=truth)
    assert math.isnan(objectives.named("val_auc").of(cut))


@pytest.mark.parametrize("name", objectives.OBJECTIVES)
def test_a_perfect_model_is_best_in_the_direction_of_the_objective(name):
    objective = objectives.named(name)
    good = {
        "classification": lambda signal: cohort(30, CLASSES, signal=signal),
        "ordinal": lambda signal: cohort(30, CLASSES, signal=signal, kind=ORDINAL),
        "multilabel": lambda signal: labelled(signal=signal),
        "regression": lambda signal: numbered(noise=1 / signal),
    }
    for kind in objective.forms:
        better, worse = good[kind](9.0), good[kind](0.3)
        gain = objective.of(better) - objective.of(worse)
        assert gain * objective.sign > 0


def test_weights_are_copies():
    draw = np.random.default_rng(0)
    for name, objective in objectives.OBJECTIVES.items():
        predictions = {
            "classification": cohort(20, CLASSES, signal=0.5),
            "ordinal": cohort(20, CLASSES, signal=0.5, kind=ORDINAL),
            "multilabel": labelled(20, signal=0.3, unknown=0.2),
            "regression": numbered(20),
        }
        for kind, form in objective.forms.items():
            rows = draw.integers(20, size=20)
            weights = np.bincount(rows, minlength=20)[None, :]
            copies = dataclasses.replace(
                take(predictions[kind], np.arange(20)),
                truth=predictions[kind].truth[rows],
                outputs={w: a[rows] for w, a in predictions[kind].outputs.items()},
            )
            found = resampled(form, predictions[kind], weights)
            assert found == pytest.approx([objective.of(copies)], nan_ok=True), name


def test_an_unknown_objective_lists_those_there_are():
    with pytest.raises(
        UsageError, match=r"no objective 'val_acu'\. There are val_auc, "
    ):
        objectives.named("val_acu")


def test_an_objective_of_another_kind_lists_those_of_this_one():
    target_output = TargetOutput(target=TARGETS["regression"])
    message = "kind regression has no objective val_auc. There are val_loss, val_mae"
    with pytest.raises(UsageError, match=message):
        objectives.named("val_auc").check(target_output)
    with pytest.raises(UsageError, match=message):
        objectives.named("val_auc").of(numbered())


def test_the_loss_of_numbers_is_in_the_history_alone():
    objective = objectives.named("val_loss")
    objective.check(TargetOutput(target=TARGETS["regression"]))
    assert not objective.from_predictions(REGRESSION)
    with pytest.raises(DataError, match="does not follow from predictions"):
        objective.of(numbered())


def test_an_objective_says_its_direction():
    assert objectives.named("val_loss").direction == "min"
    assert objectives.named("val_loss").sign == -1
    assert objectives.named("val_auc").direction == "max"
    assert objectives.named("val_auc").of(given([0, 1], [0.2, 0.7])) == 1


@pytest.mark.parametrize("kind", TARGET_KINDS.values(), ids=lambda kind: kind.name)
def test_whatever_can_choose_an_epoch_is_an_objective(kind):
    figures = {*kind.monitors} - {"epoch"}  # the last one, whatever its figures
    assert figures <= {*objectives.names_of(kind)}
