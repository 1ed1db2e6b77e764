"""Figures of runs in the columns of a paper's table."""

import pytest

from pipelines import command
from pipelines.errors import DataError
from tests.zoo.ensembling import members
from tests.zoo.test_evaluate import all_folds
from zoo import evaluate
from zoo.evaluation import cross_validation as evidence
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.results.settings import Settings
from zoo.runs import cross_validation
from zoo.studies import cells, columns, subgroup_figures
from zoo.studies.table import Row, Table


def of(run, *names, aggregate="pooled", **of_row):
    row = Row(label="x", of="x", **of_row)
    table = Table(title="t", columns=names, rows=(row,), aggregate=aggregate)
    return cells.cells(table, row, run)


def judged_folds(folder, **options):
    """A cross-validation whose folds are judged, each and together."""
    path = all_folds(folder, **options)
    settings = Settings(bootstrap=200)
    for fold in path.glob("fold-*"):
        run_evaluation.write(fold, settings=settings, out=fold)
    validation = cross_validation.opened(path)
    holdout = options.get("holdout", False)
    evidence.evaluate(validation, holdout=holdout, settings=settings)
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "one"
    members.member(path, 1)
    run_evaluation.write(path, settings=Settings(bootstrap=200), out=path)
    return path


def test_errors_are_not_averaged_over_folds(tmp_path):
    folds = judged_folds(tmp_path / "all")
    with pytest.raises(DataError, match="mae is not averaged over folds"):
        of(folds, "mae", aggregate="fold_mean")


def test_recall_is_sensitivity_of_the_positive_class(run):
    recall, sensitivity = of(run, "recall", "sensitivity")
    (of_ill,) = of(run, "sensitivity", of_class="ill")
    (of_well,) = of(run, "sensitivity", of_class="well")
    assert recall == sensitivity == of_ill != of_well


@pytest.fixture(scope="module")
def by_age(run, tmp_path_factory):
    """The run judged on the young and the old, by a table of one's own."""
    folder = tmp_path_factory.mktemp("groups")
    predictions = predictions_file.read(run / "predictions.csv")
    patients = dict.fromkeys(predictions.patient_id)
    ages = [f"{p},{30 + 40 * (n % 3 == 0)}" for n, p in enumerate(patients)]
    table = folder / "ages.csv"
    table.write_text("\n".join(["patient_id,age", *ages]), encoding="utf-8")
    out = folder / "judged"
    words = [str(run), "--by", "age:60", "--covariates", str(table), "--out", str(out)]
    assert command.run(evaluate.main, words) == 0
    return out


def test_a_row_may_be_of_some_patients(run, by_age):
    young, old = (
        of(by_age, "accuracy", "sensitivity", by="age:60", group=group)
        for group in ("<60", "≥60")
    )
    every = of(run, "accuracy")[0]
    assert young[0].number + old[0].number == every.number == 40
    total = sum(c.value * c.number for c in (young[0], old[0]))
    assert total / 40 == pytest.approx(every.value)
    assert young[0].low < young[0].value < young[0].high
    assert young[1].value != old[1].value


def test_a_group_that_nobody_is_in_says_so(by_age):
    (cell,) = of(by_age, "accuracy", by="age", group="90")
    assert (cell.value, cell.text, cell.number) == (None, "no such patients", 0)


def test_a_group_of_which_little_can_be_said_is_marked(by_age):
    where = (by_age, "test", "age:60")
    assert "class" in subgroup_figures.too_few(*where, "≥60")  # 7 and 7
    assert subgroup_figures.too_few(*where, "90") == ""
    assert 0 < subgroup_figures.p_between(*where, "accuracy") <= 1
    assert 0 < subgroup_figures.p_between(*where, "sensitivity") <= 1
    assert subgroup_figures.p_between(*where, "nosuch") is None


def test_groups_are_of_the_last_split(by_age):
    with pytest.raises(DataError, match="no groups of the validation split"):
        of(by_age, "accuracy", by="age:60", group="<60", split="validation")


def test_a_column_may_name_its_split(run):
    validation, test = of(run, "validation accuracy", "accuracy")
    assert (validation.number, test.number) == (24, 40)


def test_the_papers_accuracy_of_a_class_is_the_half_sum(run):
    names = ("balanced accuracy", "sensitivity", "specificity")
    half, sensitivity, specificity = of(run, *names, of_class="ill")
    assert half.value == pytest.approx((sensitivity.value + specificity.value) / 2)


def test_a_class_that_is_none_is_named(run):
    with pytest.raises(DataError, match="no class 'odd'. It has well, ill"):
        of(run, "f1", of_class="odd")


def test_folds_are_averaged_or_pooled(tmp_path):
    path = judged_folds(tmp_path / "folds")
    (mean,) = of(path, "accuracy", aggregate="fold_mean")
    (pooled,) = of(path, "accuracy")
    assert mean.sd is not None and "folds)" in mean.text and mean.low is None
    assert pooled.low < pooled.value < pooled.high
    assert pooled.number == mean.number


def test_a_split_that_folds_do_not_share_wants_their_mean(tmp_path):
    path = judged_folds(tmp_path / "folds")
    with pytest.raises(DataError, match='Take aggregate = "fold_mean"'):
        of(path, "validation accuracy")


def test_of_patients_set_aside_the_folds_share_them(tmp_path):
    path = judged_folds(tmp_path / "folds", holdout=True)
    names = ("validation accuracy", "test accuracy")
    validation, test = of(path, *names, aggregate="fold_mean")
    assert (validation.number, test.number) == (30, 12)
    (together,) = of(path, "test accuracy")
    assert together.number == 12


def test_an_unknown_column_lists_those_there_are():
    with pytest.raises(ValueError, match="a column is one of accuracy, auc"):
        columns.parse("validation exactness")
