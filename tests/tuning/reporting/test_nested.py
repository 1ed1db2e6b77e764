"""The outer folds on the page and as CSV."""

import csv
import dataclasses
import json
import re

import pytest

from pipelines.errors import DataError
from tests.tuning.reporting import made_up
from tuning.reporting import findings, nested, outer_folds_csv, page
from tuning.trials import outer_folds
from zoo.evaluation.comparison import objectives
from zoo.evaluation.predictions import predictions_file

RATE = "optimisation.learning_rate"
AUC = {"value": 0.71, "intervals": {"delong": {"low": 0.6, "high": 0.8}}}


def outer(sweep, fold, *, judged=True):
    """The sweep without a fold, its winner, and what that predicts of the fold."""
    inner = made_up.sweep(outer_folds.sweep_path(sweep, fold), left_out=fold)
    number = int(fold)
    winner = made_up.trial(1, 0.8 + number / 100, {"arch": "cnn3d", RATE: 0.001})
    made_up.put(inner, made_up.trial(0, 0.6, {"arch": "cnn3d", RATE: 0.01}))
    made_up.put(inner, winner)
    outer_folds.judged_path(inner).write_text(
        outer_folds.recipe_text(inner, winner), encoding="utf-8"
    )
    run = outer_folds.run_path(inner)
    run.mkdir()
    if judged:
        answers = made_up.predictions(number, 1, fold, 20, 1.0)
        answers = dataclasses.replace(answers, split=("test",) * 20)
        predictions_file.write(run / "predictions.csv", answers)
        (run / "metrics.json").write_text("{}", encoding="utf-8")
        return objectives.named("val_auc").of(answers)
    return None


def pool(sweep, auc=AUC):
    level = {"defined": True, "patients": 60, "auc": auc}
    splits = {"test": {"patient": level}}
    evidence = {"confidence": 0.95, "splits": splits}
    path = outer_folds.metrics_path(sweep)
    path.parent.mkdir()
    path.write_text(json.dumps(evidence), encoding="utf-8")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    sweep = made_up.sweep(tmp_path_factory.mktemp("n") / "s", outer_folds=3)
    figures = [outer(sweep, fold) for fold in "012"]
    pool(sweep)
    return findings.of(sweep), figures


def test_the_figure_and_its_interval(whole):
    text = page.text(whole[0])
    titles = re.findall(r"<h2>(.*?)</h2>", text)
    assert titles[1] == "The whole search, on patients that it never saw"
    assert "<b>0.7100</b><span>AUC of 60 patients, outer folds pooled" in text
    assert "<b>0.6000 to 0.8000</b><span>its 95 % interval" in text


def test_what_each_outer_fold_chose(whole):
    of_sweep, figures = whole
    text = page.text(of_sweep)
    row = re.search(r"<tr><td>2</td><td>2</td><td>trial 0001.*?</tr>", text).group()
    cells = re.findall(r"<td>(.*?)</td>", row)
    assert cells[3:] == ["0.8200", f"{figures[2]:.4f}", "20", "cnn3d", "0.001"]


def test_the_csv_reads_back(whole):
    of_sweep, figures = whole
    with outer_folds_csv.write(of_sweep, of_sweep.nested).open(
        encoding="utf-8-sig", newline=""
    ) as file:
        *each, pooled = csv.DictReader(file)
    assert [float(row["objective_on_its_patients"]) for row in each] == figures
    assert [float(row[RATE]) for row in each] == [0.001] * 3
    assert [row["outer_fold"] for row in each] == ["0", "1", "2"]
    got = [pooled[name] for name in ("outer_fold", "metric", "value", "low", "high")]
    assert got == ["pooled", "AUC", "0.71", "0.6", "0.8"]


def test_what_is_not_judged_yet_has_no_figure(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", outer_folds=3)
    outer(sweep, "0")
    outer(sweep, "1", judged=False)
    pool(sweep)  # of an earlier, shorter search
    of_sweep = findings.of(sweep)
    assert of_sweep.nested.pooled is None
    text = page.text(of_sweep)
    assert "1 of 3 outer folds are judged so far" in text
    assert "<td>1</td><td>2</td><td>trial 0001</td>" in text
    assert "<td>2</td><td>0</td><td>none</td>" in text


def test_another_winner_is_not_judged_by_the_run_of_the_last(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", outer_folds=3)
    outer(sweep, "0")
    inner = outer_folds.sweep_path(sweep, "0")
    (inner / "judged.toml").write_text('arch = "resnet3d18"\n', encoding="utf-8")
    assert nested.nested(sweep).folds[0].patients is None


def test_without_outer_folds_there_is_no_section(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    assert nested.nested(sweep) is None
    assert "never saw" not in page.text(findings.of(sweep))


def test_an_undefined_figure_is_told(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", outer_folds=3)
    for fold in "012":
        outer(sweep, fold)
    pool(sweep, {"value": None, "intervals": {}})
    assert "<b>undefined</b><span>AUC" in page.text(findings.of(sweep))


def test_damaged_evidence_is_told(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", outer_folds=3)
    for fold in "012":
        outer(sweep, fold)
    pool(sweep)
    outer_folds.metrics_path(sweep).write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="outer folds does not read"):
        nested.nested(sweep)
