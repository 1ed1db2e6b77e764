import csv
import json

import pytest

from pipelines import command
from tests.zoo.evaluation.cohorts import cohort, make_run
from tests.zoo.evaluation.comparison.models import other_model
from tests.zoo.evaluation.numbered import numbered
from tests.zoo.evaluation.repeated import repeated, repeats_of
from tests.zoo.test_evaluate import all_folds
from zoo import compare
from zoo.evaluation.comparison.report import files
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import take

QUICK = ("--bootstrap", "200")


def run(*arguments):
    return command.run(compare.main, [*map(str, arguments), *QUICK])


@pytest.fixture
def models(tmp_path):
    """Three runs on one data set, the last by far the worst."""
    first = cohort(40, signal=3)
    found = [first, other_model(first, 1, noise=0.3), other_model(first, 2, noise=9)]
    return [
        make_run(tmp_path / name, each).path
        for name, each in zip(("good", "alike", "bad"), found)
    ]


def test_the_table(models, capsys):
    assert run(*models) == 0
    printed = capsys.readouterr().out
    assert "compared by patient on the same 40 patients" in printed
    assert "AUC       bad    good" in printed
    assert "AUC, bad and good: good is better than bad, by 0." in printed
    assert "accuracy, alike and good: no difference shown; alike may be from" in printed
    assert "of 40 calls" in printed
    assert "accuracy: exact McNemar test" in printed
    assert "allows for the 4 tests" in printed


def test_the_reference_and_every_pair(models, capsys):
    assert run(*models, "--reference", models[2], "--figure", "brier") == 0
    assert "Brier score, good and bad: good is better" in capsys.readouterr().out
    assert run(*models, "--against-all", "--figure", "auc") == 0
    assert "allows for the 3 tests" in capsys.readouterr().out
    assert run(models[0], "--reference", f"{models[1]}/", "--figure", "auc") == 0
    assert "AUC, good and alike" in capsys.readouterr().out


def test_what_is_written(models, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(*models, "--figure", "auc", "--margin", "0.1", "--out", out) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(out / "comparison.json")
    content = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert {path.name for path in out.iterdir()} == {files.JSON, files.CSV, files.PNG}
    assert content["tests"] == 2
    assert [source["name"] for source in content["sources"]] == ["good", "alike", "bad"]
    alike, bad = content["comparisons"]
    assert bad["margin"]["verdict"] == "inferior"
    assert bad["interval"]["low"] < bad["difference"] < bad["interval"]["high"] < 0
    assert bad["bootstrap"]["high"] < 0
    assert alike["method"] == "delong"
    assert str(tmp_path) not in json.dumps(content)
    with open(out / files.CSV, encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["model"] for row in rows] == ["alike", "bad"]
    assert float(rows[1]["low"]) == bad["interval"]["low"]
    assert rows[1]["margin_verdict"] == "inferior"
    assert rows[1]["model_alone"] == ""


def test_gains(models, tmp_path, capsys):
    good, alike, bad = models
    base = tmp_path / "base.csv"
    predictions_file.write(base, other_model(cohort(40, signal=3), 3, noise=9))
    out = tmp_path / "out"
    sources = (bad, good, base, bad)  # the second gains nothing but luck
    assert run("--gains", *sources, "--figure", "auc") == 2
    assert "a source is named twice" in capsys.readouterr().err
    sources = (bad, good, base, alike)
    assert run("--gains", *sources, "--figure", "auc", "--out", out) == 0
    printed = capsys.readouterr().out
    assert "AUC     good over bad  alike over base" in printed
    assert "AUC, good over bad and alike over base: no difference shown; " in printed
    content = json.loads((out / files.JSON).read_text(encoding="utf-8"))
    (row,) = content["comparisons"]
    assert (row["model"], row["reference"]) == ("good", "alike")
    assert row["over"] == {"model": "bad", "reference": "base"}
    assert row["difference"] == pytest.approx(row["value"] - row["reference_value"])
    with open(out / files.CSV, encoding="utf-8-sig", newline="") as opened:
        (cells,) = csv.DictReader(opened)
    assert (cells["model_over"], cells["reference_over"]) == ("bad", "base")


def test_gains_that_cannot_be_compared(models, capsys):
    assert run("--gains", *models) == 2
    assert "two pairs of sources or more" in capsys.readouterr().err
    margin = ("--margin", "0.1", "--figure", "auc")
    assert run("--gains", *models, models[0], *margin) == 2
    assert "--margin is of two models, not of gains" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        compare.parser().parse_args(["--gains", "--against-all", "a", "b", "c", "d"])


def test_the_same_input_gives_the_same_bytes(models, tmp_path):
    for name in ("one", "two"):
        assert run(*models, "--figure", "kappa", "--out", tmp_path / name) == 0
    for name in (files.JSON, files.CSV, files.PNG):
        one, two = (tmp_path / folder / name for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_other_patients_are_refused_or_left_out(models, tmp_path, capsys):
    fewer = tmp_path / "fewer.csv"
    predictions_file.write(fewer, take(cohort(40, signal=3), range(35)))
    assert run(models[0], fewer) == 1
    assert "5 of 40 in good, 0 of 35 in fewer. Add --common" in capsys.readouterr().err
    assert run(models[0], fewer, "--common", "--figure", "auc") == 0
    printed = capsys.readouterr().out
    assert "note: 5 patients of good are left out" in printed
    assert "the same 35 patients" in printed


def test_a_baseline_beside_its_run(tmp_path, capsys):
    predictions = cohort(40, signal=3)
    made = make_run(tmp_path / "run", predictions)
    predictions_file.write(made.baseline_of(""), other_model(predictions, 1, noise=9))
    assert run(made.path, f"{made.path}:baseline", "--figure", "auc") == 0
    printed = capsys.readouterr().out
    assert "run:baseline: covariate baseline, test" in printed
    assert "run is better than run:baseline" in printed


def test_two_cross_validations_over_their_folds(tmp_path, capsys):
    first, second = (all_folds(tmp_path / name) for name in ("one", "two"))
    for path in second.glob("fold-*/predictions.csv"):
        predictions = other_model(predictions_file.read(path), 5)
        predictions_file.write(path, predictions)
    assert run(first, second, "--by-fold", "--figure", "auc") == 0
    printed = capsys.readouterr().out
    assert "means over folds: do the two ways to train differ" in printed
    assert "Nadeau and Bengio 2003" in printed
    assert "--fold-mean takes the mean of the folds' areas" in printed
    assert run(first, second, "--fold-mean", "--figure", "auc") == 0
    assert "figures are means over the folds" in capsys.readouterr().out


def test_repeated_cross_validations(tmp_path, capsys):
    first, second = (
        repeated(tmp_path / name, repeats_of(seed))
        for name, seed in (("one", 1), ("two", 2))
    )
    out = tmp_path / "out"
    assert run(first, second, "--by-fold", "--out", out) == 0
    printed = capsys.readouterr().out
    assert "two: repeated cross-validation, test, parts of the folds (3)" in printed
    assert "figures of one, two are means over repeats" in printed
    assert "accuracy: paired t test of patients" in printed
    assert "no McNemar test" in printed
    assert "means over the folds of all 2 repeats" in printed
    content = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert [each["repeats"] for each in content["sources"]] == [2, 2]
    assert [row["folds"] for row in content["comparisons"]] == [0, 0, 6, 6]

    assert run(first, second / "repeat-0", "--figure", "auc") == 0
    printed = capsys.readouterr().out
    assert "note: repeat-0 was not repeated: the luck of its one deal" in printed
    assert run(first, second / "repeat-0", "--by-fold", "--figure", "auc") == 1
    assert "Received: 1 and 2 times all folds" in capsys.readouterr().err


def test_numbers_by_their_error(tmp_path, capsys):
    first = numbered(40)
    predictions_file.write(tmp_path / "a.csv", first)
    predictions_file.write(tmp_path / "b.csv", numbered(40, noise=4))
    assert run(tmp_path / "a.csv", tmp_path / "b.csv") == 0
    assert "mean absolute error, b and a: a is better than b" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--figure", "nosuch"], "no figure 'nosuch'"),
        (["--margin", "0.1", "--figure", "auc", "--figure", "kappa"], "of one figure"),
        (["--margin", "nan", "--figure", "auc"], "a number above 0"),
    ],
)
def test_wrong_usage(options, message, models, capsys):
    assert run(*models, *options) == 2
    assert message in capsys.readouterr().err
