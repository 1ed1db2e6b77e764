"""The tables of two papers, from counts, runs, cross-validations and files."""

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from pipelines import command
from tests.zoo.evaluation.cohorts import cohort, make_run
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from tests.zoo.test_evaluate import all_folds
from zoo import evaluate, table
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.results.settings import Settings

PAPERS = Path(__file__).parent / "evaluation" / "tables"
QUICK = {"settings": Settings(bootstrap=200)}


def run(*arguments):
    return command.run(table.main, [str(argument) for argument in arguments])


def paper(name):
    return tomllib.loads((PAPERS / f"{name}.toml").read_text(encoding="utf-8"))


def counts_file(path, printed, split):
    classes = printed["classes"]
    counts = np.diag(printed["counts"][split])
    true, predicted, number = printed["errors"][split]
    row, column = classes.index(true), classes.index(predicted)
    counts[row, row] -= number
    counts[row, column] += number
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["", *classes])
        writer.writerows([name, *row] for name, row in zip(classes, counts))
    return path


def read_csv(path):
    header, *rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    return header, rows


def test_all_35_figures_of_the_prostate_papers_test_set(tmp_path, capsys):
    printed = paper("prostate_sequences")
    counts = counts_file(tmp_path / "counts.csv", printed, "test")
    out = tmp_path / "table.csv"
    assert run(counts, "--form", "per_class", "--out", out) == 0
    header, rows = read_csv(out)
    assert header[2:] == [
        *("accuracy, (sens+spec)/2", "sensitivity", "specificity"),
        *("PPV", "NPV", "F1", "kappa"),
    ]
    expected = [
        [f"{value:.3f}" for value in printed["test"][name]]
        for name in printed["classes"]
    ]
    assert [row[2:] for row in rows] == expected
    assert [row[:2] for row in rows] == [
        [name, str(n)] for name, n in zip(printed["classes"], printed["counts"]["test"])
    ]
    shown = capsys.readouterr().out
    assert "the accuracy of a class here is (sensitivity + specificity) / 2" in shown


def test_what_is_impossible_in_the_papers_validation_set(tmp_path):
    """No count of errors among 105 gives .978; the other 31 figures come out."""
    printed = paper("prostate_sequences")
    assert not any(f"{errors / 105:.3f}" == "0.978" for errors in range(106))
    counts = counts_file(tmp_path / "counts.csv", printed, "validation")
    assert run(counts, "--form", "per_class", "--out", tmp_path / "t.csv") == 0
    _, rows = read_csv(tmp_path / "t.csv")
    differ = {
        (row[0], column)
        for row in rows
        for column, cell, value in zip(
            printed["columns"], row[2:], printed["validation"][row[0]]
        )
        if cell != f"{value:.3f}"
    }
    columns = ("accuracy", "sensitivity", "f1", "kappa")
    assert differ == {("DWI_High", column) for column in columns}


def test_the_nash_papers_form_for_a_run_a_file_and_folds(tmp_path, capsys):
    made = make_run(tmp_path / "runs" / "resnet18", cohort(30, signal=0.5))
    run_evaluation.write(made.path, **QUICK)
    other = cohort(30, signal=1, seed=4)
    predictions_file.write(tmp_path / "from elsewhere.csv", other)
    out = tmp_path / "t.csv"
    sources = (made.path, tmp_path / "from elsewhere.csv")
    assert run(*sources, "--form", "models", "--out", out, "--digits", 6) == 0
    header, rows = read_csv(out)
    titles = [title.casefold() for title in header[2:]]
    assert titles == paper("nash")["columns"]
    assert [row[0] for row in rows] == ["resnet18", "from elsewhere"]
    for row, found in zip(rows, (cohort(30, signal=0.5), other)):
        truth, shares = found.label, found.probabilities[:, 1]
        called = (shares > 0.5).astype(int)
        expected = [
            accuracy_score(truth, called),
            f1_score(truth, called),
            roc_auc_score(truth, shares),
            precision_score(truth, called),
            recall_score(truth, called),
            recall_score(truth, called, pos_label=0),
        ]
        assert [float(cell) for cell in row[2:]] == pytest.approx(expected, abs=1e-6)
    assert "are those of class ill" in capsys.readouterr().out


def test_the_printed_f1_follow_from_the_printed_precision_and_recall():
    """So the paper's columns mean what the form takes them for."""
    for values in paper("nash")["results"].values():
        _, f1, _, precision, recall, _ = values
        ends = [
            2 * (precision + p) * (recall + r) / (precision + p + recall + r)
            for p in (-0.005, 0.005)
            for r in (-0.005, 0.005)
        ]
        assert min(ends) - 0.005 <= f1 <= max(ends) + 0.005


def test_folds_of_several_classes_and_markdown(tmp_path, capsys):
    folder = all_folds(tmp_path / "all")
    assert command.run(evaluate.main, [str(folder), "--bootstrap", "200"]) == 0
    capsys.readouterr()
    out = tmp_path / "t.md"
    assert run(folder, "--form", "per_class", "--intervals", "--out", out) == 0
    assert "test split, by patient" in capsys.readouterr().out
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("| class | n | accuracy, (sens+spec)/2 |")
    assert "–" in lines[2]  # an interval


def test_means_over_classes_and_several_splits(tmp_path, capsys):
    made = make_run(tmp_path / "run", cohort(30, ("a", "b", "c")))
    run_evaluation.write(made.path, **QUICK)
    assert run(made.path) == 0
    printed = capsys.readouterr().out
    metrics = json.loads(made.metrics_path.read_text(encoding="utf-8"))
    per_class = metrics["splits"]["test"]["patient"]["per_class"].values()
    mean = np.mean([entries["f1"]["value"] for entries in per_class])
    assert f"{mean:.3f}" in printed and "the means over the classes" in printed


def test_metrics_of_before_have_what_follows_from_their_counts(tmp_path, capsys):
    made = make_run(tmp_path / "run", cohort(30))
    result = run_evaluation.write(made.path, **QUICK)
    entries = result["splits"]["test"]["patient"]["per_class"]["ill"]
    expected = entries.pop("balanced_accuracy")["value"]
    made.metrics_path.write_text(json.dumps(result), encoding="utf-8")
    assert run(made.path, "--form", "per_class") == 0
    assert f"{expected:.3f}" in capsys.readouterr().out


def test_labels_each_a_row(tmp_path, capsys):
    predictions_file.write(tmp_path / "p.csv", labelled(40))
    assert run(tmp_path / "p.csv", "--form", "per_class") == 0
    assert len(capsys.readouterr().out.split("\n\n")[0].splitlines()) == 1 + len(
        labelled(40).names
    )


def test_runs_of_one_name_are_told_apart(tmp_path, capsys):
    for folder, seed in (("a", 0), ("b", 1)):
        (tmp_path / folder).mkdir()
        predictions_file.write(tmp_path / folder / "p.csv", cohort(20, seed=seed))
    assert run(tmp_path / "a" / "p.csv", tmp_path / "b" / "p.csv") == 0
    printed = capsys.readouterr().out
    assert "a/p" in printed and "b/p" in printed and str(tmp_path) not in printed


def refused(capsys, message, *arguments):
    assert run(*arguments) == 1
    assert message in capsys.readouterr().err


def test_sources_that_give_no_table(tmp_path, capsys):
    unjudged = make_run(tmp_path / "run", cohort(10)).path
    refused(capsys, "has not been judged", unjudged)
    predictions_file.write(tmp_path / "n.csv", numbered(10))
    refused(capsys, "n predicts numbers", tmp_path / "n.csv")
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    refused(
        capsys,
        "has no train split. It has test",
        tmp_path / "p.csv",
        "--splits",
        "train",
    )
    predictions_file.write(tmp_path / "q.csv", cohort(10, ("a", "b")))
    refused(capsys, "are of different classes", tmp_path / "p.csv", tmp_path / "q.csv")
    (tmp_path / "c.csv").write_text(",a,b\na,1,x\nb,0,2\n", encoding="utf-8")
    refused(capsys, "row 2: a count is a whole number", tmp_path / "c.csv")
    (tmp_path / "metrics.json").write_text("{", encoding="utf-8")
    refused(capsys, "is damaged", tmp_path / "metrics.json")
