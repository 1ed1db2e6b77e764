import json

import pytest

from pipelines import command
from tests.zoo.evaluation.cohorts import cohort, make_run
from zoo import evaluate
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import levels
from zoo.evaluation.predictions.predictions import take


def run(*arguments):
    return command.run(evaluate.main, [str(argument) for argument in arguments])


def test_folds_that_are_sites_as_one_table(tmp_path, capsys):
    runs = [
        make_run(tmp_path / f, cohort(20, fold=f, seed=number), fold=f).path
        for number, f in enumerate(("north", "south"))
    ]
    out = tmp_path / "out"
    assert run(*runs, "--out", out, "--by", "fold") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == str(out / "metrics.json")
    saved = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    groups = saved["subgroups"]["covariates"]["fold"]["groups"]
    assert list(groups) == ["north", "south"]
    rows = saved["folds"]["rows"]
    assert [groups[row["fold"]]["auc"]["value"] for row in rows] == [
        pytest.approx(row["auc"]) for row in rows
    ]
    assert "subgroups.png" in saved["figures"]


def test_a_file_and_a_table(tmp_path, capsys):
    predictions = cohort(20)
    path, table = tmp_path / "predictions.csv", tmp_path / "clinic.csv"
    predictions_file.write(path, predictions)
    ages = [f"{patient},{30 + i}" for i, patient in enumerate(predictions.patient_id)]
    lines = ["patient_id,age", *ages[:18]]
    table.write_text("\n".join(lines), encoding="utf-8")
    options = ("--bootstrap", "200", "--covariates", table, "--by", "age:40")
    assert run(path, *options) == 0
    printed = capsys.readouterr().out
    cells = [line.split() for line in printed.splitlines() if line.strip()]
    assert ["<40", "10"] in [row[:2] for row in cells]
    assert ["unknown", "2"] in [row[:2] for row in cells]
    assert run(path, *options, "--out", tmp_path / "out") == 0
    saved = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    age = saved["subgroups"]["covariates"]["age"]
    assert age["cuts"] == [40]
    counts = {name: group["patients"] for name, group in age["groups"].items()}
    assert counts == {"<40": 10, "≥40": 8, "unknown": 2}
    right = take(levels(predictions).patient, range(10))
    share = (right.probabilities.argmax(1) == right.label).mean()
    assert age["groups"]["<40"]["accuracy"]["value"] == pytest.approx(share)


def test_another_data_set_is_named(tmp_path, capsys):
    path, table = tmp_path / "predictions.csv", tmp_path / "clinic.csv"
    predictions_file.write(path, cohort(10))
    table.write_text("patient_id,age\nnobody,3\nnoone,4\n", encoding="utf-8")
    assert run(path, "--covariates", table, "--by", "age:40") == 1
    assert "has no row of any of these 10 samples" in capsys.readouterr().err
