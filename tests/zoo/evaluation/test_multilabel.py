"""The evidence on labels from file to figures, tables and folds."""

import dataclasses
import json

import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.tasks.target import Target
from tests.zoo.evaluation.cohorts import evaluated, make_run
from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation import pooled_folds, run_evaluation
from zoo.evaluation.evidence_text import text
from zoo.evaluation.predictions import average, predictions_file
from zoo.evaluation.predictions.predictions import join
from zoo.evaluation.results.settings import Settings

NAMES = ("cyst", "fat and iron")
TARGET = Target(kind="multilabel", columns=("c", "f"), classes=NAMES)
OPTIONS = {"settings": Settings(confidence=0.9, bootstrap=200, seed=4)}


def splits():
    return join(
        [
            labelled(30, NAMES, split="train", signal=3, seed=1),
            labelled(12, NAMES, split="validation", seed=2, unknown=0.2),
            labelled(26, NAMES, split="test", seed=3, unknown=0.1),
        ]
    )


@pytest.fixture(scope="module")
def evaluated_run(tmp_path_factory):
    run = make_run(tmp_path_factory.mktemp("labels") / "run", splits(), target=TARGET)
    return run, run_evaluation.write(run.path, **OPTIONS)


def test_a_run_gets_its_metrics_and_figures(evaluated_run):
    run, result = evaluated_run
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == result
    assert (result["kind"], result["labels"]) == ("multilabel", [*NAMES])
    assert "classes" not in result
    assert result["splits"]["test"]["patient"]["per_label"].keys() == {*NAMES}
    figures = {path.name for path in (run.path / "figures").iterdir()}
    assert figures == {
        "learning.png",
        *(f"roc_{split}.png" for split in ("train", "validation", "test")),
        *(f"precision_recall_{s}.png" for s in ("train", "validation", "test")),
        "calibration_test_1_cyst.png",
        "calibration_test_2_fat_and_iron.png",
    }
    assert figures == {name for name, reason in result["figures"].items() if not reason}


def test_the_tables_name_labels(evaluated_run):
    shown = text(evaluated_run[1])
    assert "means over the labels" in shown
    assert "test, by patient, label by label" in shown
    counts = evaluated_run[1]["splits"]["test"]["patient"]["per_label"]["cyst"]
    assert f"{counts['with']} of {counts['known']}" in shown


def test_what_is_missing_is_explained():
    found = labelled(6, NAMES)
    truth = np.where([[True, False]], 1, found.truth)
    found = dataclasses.replace(found, truth=truth)
    settings = Settings(bootstrap=200)
    shown = text(evaluated(found, settings))
    assert "note: test: no mean AUC, not defined for cyst" in shown
    assert "note: test, label cyst: no AUC, no sample of a class other than" in shown


def test_labels_from_elsewhere_are_known_by_their_header(tmp_path):
    predictions_file.write(tmp_path / "p.csv", labelled(26, NAMES))
    settings = Settings(bootstrap=200)
    result = run_evaluation.write_bare(
        tmp_path / "p.csv", settings=settings, out=tmp_path
    )
    assert result["labels"] == [*NAMES]
    assert (tmp_path / "figures" / "roc_test.png").is_file()


def test_folds_are_pooled(tmp_path):
    runs = []
    for number in range(2):
        found = labelled(12 + number, NAMES, fold=str(number), seed=number)
        path = tmp_path / f"fold{number}"
        make_run(path, found, fold=str(number), target=TARGET)
        runs.append(path)
    result = pooled_folds.write(
        runs, settings=Settings(bootstrap=200), out=tmp_path / "out"
    )
    assert result["splits"]["test"]["patient"]["patients"] == 25
    assert [row["samples"] for row in result["folds"]["rows"]] == [12, 13]
    summary = result["folds"]["summary"]["auc"]
    values = [row["auc"] for row in result["folds"]["rows"]]
    assert summary["mean"] == pytest.approx(np.mean(values))
    assert "mean ± sd" in text(result)


def test_networks_are_averaged():
    one, other = labelled(9, NAMES, signal=3), labelled(9, NAMES, signal=0)
    found = average.mean([one, other])
    shares = (one.outputs["prob"] + other.outputs["prob"]) / 2
    np.testing.assert_allclose(found.outputs["prob"], shares)
    np.testing.assert_allclose(1 / (1 + np.exp(-found.outputs["logit"])), shares)
    with pytest.raises(DataError, match="give a sample different labels"):
        average.mean([one, labelled(9, NAMES, seed=5)])
