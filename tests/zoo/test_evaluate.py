import json
import subprocess
import sys

import pytest

from pipelines import command
from pipelines.storage.config_files import to_toml
from tests.pipelines.tables.sheets import write_xlsx
from tests.zoo.evaluation.cohorts import cohort, make_run, three_splits
from zoo import compare, evaluate, table
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import join
from zoo.evaluation.results import evidence
from zoo.recipes.recipe import Evaluation, Recipe


def run(*arguments):
    return command.run(evaluate.main, [str(argument) for argument in arguments])


def test_one_run(tmp_path, capsys):
    made = make_run(tmp_path / "run", three_splits())
    assert run(made.path) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == str(made.metrics_path)
    assert "200 bootstrap resamples" in "".join(printed)  # the recipe's
    assert made.metrics_path.is_file()


def test_the_command_line_overrides_the_recipe(tmp_path, capsys):
    made = make_run(tmp_path / "run", cohort(10))
    assert run(made.path, "--bootstrap", 300, "--confidence", 0.8, "--seed", 3) == 0
    printed = capsys.readouterr().out
    assert "80% intervals" in printed
    assert "300 bootstrap resamples" in printed


def test_folds(tmp_path, capsys):
    runs = [
        make_run(tmp_path / f, cohort(10, fold=f, seed=int(f)), fold=f).path
        for f in ("0", "1")
    ]
    assert run(*runs, "--out", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    assert "mean ± sd" in printed
    assert printed.splitlines()[-1] == str(tmp_path / "out" / "metrics.json")


def test_folds_want_a_place_to_write(tmp_path, capsys):
    runs = [make_run(tmp_path / f, cohort(10, fold=f)).path for f in ("0", "1")]
    assert run(*runs) == 2
    assert "want --out DIR" in capsys.readouterr().err


def all_folds(folder, *, holdout=False, finished=3):
    """The directory of a cross-validation, judged nowhere yet."""
    folder.mkdir()
    facts = {"digest": "d", "folds": ["0", "1", "2"], "holdout": holdout}
    (folder / "cross_validation.json").write_text(json.dumps(facts), encoding="utf-8")
    recipe = Recipe(evaluation=Evaluation(bootstrap=200))
    (folder / "recipe.toml").write_text(to_toml(recipe), encoding="utf-8")
    for fold in ("0", "1", "2")[:finished]:
        predictions = [cohort(10, fold=fold, seed=int(fold))]
        if holdout:
            predictions = [
                cohort(10, split="validation", fold=fold, seed=int(fold)),
                cohort(12, fold=fold, seed=9, name="held-out"),
            ]
        path = folder / f"fold-{fold}"
        made = make_run(path, join(predictions), fold=fold)
        made.metrics_path.write_text("{}", encoding="utf-8")
        made.model_path.write_bytes(b"")
    return folder


def test_the_directory_of_all_folds(tmp_path, capsys):
    folder = all_folds(tmp_path / "all")
    assert run(folder, "--confidence", 0.8) == 0
    printed = capsys.readouterr().out
    assert "80% intervals" in printed
    assert "mean ± sd" in printed
    metrics = folder / "summary" / "metrics.json"
    assert printed.splitlines()[-1] == str(metrics)
    summary = json.loads(metrics.read_text(encoding="utf-8"))
    assert summary["splits"]["test"]["patient"]["patients"] == 30
    assert not (folder / "holdout").exists()


def test_its_summary_is_that_of_the_folds_one_by_one(tmp_path, capsys):
    folder = all_folds(tmp_path / "all")
    runs = [folder / f"fold-{i}" for i in range(3)]
    assert run(folder) == run(*runs, "--out", tmp_path / "out") == 0
    one, other = folder / "summary", tmp_path / "out"
    assert (one / "metrics.json").read_text(encoding="utf-8") == (
        other / "metrics.json"
    ).read_text(encoding="utf-8")


def test_a_holdout_set_is_judged_again_where_it_was_judged(tmp_path, capsys):
    folder = all_folds(tmp_path / "all", holdout=True)
    assert run(folder) == 0
    assert list(splits(folder / "summary")) == ["validation"]
    assert not (folder / "holdout").exists()
    (folder / "holdout").mkdir()
    (folder / "holdout" / "metrics.json").write_text("{}", encoding="utf-8")
    assert run(folder, "--out", tmp_path / "out") == 0
    assert list(splits(tmp_path / "out" / "holdout")) == ["test"]
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == str(tmp_path / "out" / "holdout" / "metrics.json")


def splits(folder):
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["splits"]


def test_all_folds_stand_alone(tmp_path, capsys):
    folder = all_folds(tmp_path / "all")
    assert run(folder, folder / "fold-0") == 2
    assert "the directory of all folds, is judged alone" in capsys.readouterr().err


def test_a_fold_is_missing(tmp_path, capsys):
    folder = all_folds(tmp_path / "all", finished=2)
    assert run(folder) == 1
    shown = capsys.readouterr().err
    assert "1 of 3 folds" in shown
    assert "are not trained to their end: 2. Go on with" in shown


@pytest.mark.parametrize("kind", ["run", "folds", "file"])
def test_a_place_that_cannot_be_written_is_found_before_the_work(
    kind, tmp_path, monkeypatch, capsys
):
    def never(*_, **__):
        raise AssertionError("the work began")

    for name in ("write", "write_bare"):
        monkeypatch.setattr(run_evaluation, name, never)
    monkeypatch.setattr(evidence, "evaluate", never)
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    source = {
        "run": lambda: make_run(tmp_path / "run", cohort(10)).path,
        "folds": lambda: all_folds(tmp_path / "all"),
        "file": lambda: tmp_path / "p.csv",
    }[kind]()
    assert run(source, "--out", tmp_path / "p.csv" / "out") == 2
    assert "is no directory. Choose another place" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["folds", "several", "file"])
def test_features_are_those_of_one_run(kind, tmp_path, capsys):
    folder = all_folds(tmp_path / "all")
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    sources = {
        "folds": [folder],
        "several": [folder / "fold-0", folder / "fold-1"],
        "file": [tmp_path / "p.csv"],
    }[kind]
    assert run(*sources, "--data", tmp_path, "--out", tmp_path / "out") == 2
    assert "--data goes with one run" in capsys.readouterr().err


def test_a_bare_file_is_judged_without_writing(tmp_path, capsys):
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    assert run(tmp_path / "p.csv", "--bootstrap", 200) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]
    assert run(tmp_path / "p.csv", "--bootstrap", 200, "--out", tmp_path / "out") == 0
    assert (tmp_path / "out" / "metrics.json").is_file()
    capsys.readouterr()


def test_a_bare_file_stands_alone(tmp_path, capsys):
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    assert run(tmp_path / "p.csv", tmp_path) == 2
    assert "judged alone" in capsys.readouterr().err


def test_no_run(tmp_path, capsys):
    assert run(tmp_path) == 1
    assert "no run directory" in capsys.readouterr().err
    assert run(tmp_path / "none") == 2
    assert "none does not exist. Name a directory" in capsys.readouterr().err


def test_an_unfinished_run_is_named_with_the_cure(tmp_path, capsys):
    made = make_run(tmp_path / "run", cohort(10))
    made.predictions_path.unlink()
    assert run(made.path) == 1
    assert "is unfinished: it has no predictions.csv. Finish" in capsys.readouterr().err


def test_a_wrong_level(tmp_path, capsys):
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    assert run(tmp_path / "p.csv", "--confidence", 95) == 2
    assert "between 0 and 1" in capsys.readouterr().err


def test_it_does_without_tensorflow(tmp_path):
    made = make_run(tmp_path / "run", cohort(10))
    code = (
        "import sys; from zoo import evaluate; evaluate.main(sys.argv[1:]);"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, made.path, "--bootstrap", "200"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        run("--help")
    assert "python -m zoo.evaluate runs/fold0" in capsys.readouterr().out


def test_a_file_with_few_columns_and_grades(tmp_path, capsys):
    rows = [f"s{i},p{i},{'ab'[i % 2]},{1 - i / 9},{i / 9}" for i in range(9)]
    path = tmp_path / "grades.csv"
    header = "sample_id,patient_id,label,prob:a,prob:b"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    out = tmp_path / "out"
    options = ("--ordinal", "--figures", "svg", "--out", out, "--bootstrap", 200)
    assert run(path, *options) == 0
    captured = capsys.readouterr()
    assert "linear kappa" in captured.out
    assert "has no logits, so they are computed" in captured.err
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["kind"] == "ordinal"
    assert (out / "figures" / "roc.svg").is_file()
    assert metrics["figures"]["roc.svg"] == metrics["figures"]["roc.png"] == ""


def test_a_patient_who_contradicts_himself_is_named_and_left_out(tmp_path, capsys):
    found = cohort(12, samples_each=2)
    found.truth[0] = 1 - found.truth[0]
    predictions_file.write(tmp_path / "p.csv", found)
    assert run(tmp_path / "p.csv", "--bootstrap", 200, "--out", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    note = (
        "1 patient(s) are left out by patient, whose samples are of different classes"
    )
    assert f"note: test: {note}: test-0000" in printed
    metrics = json.loads((tmp_path / "out/metrics.json").read_text(encoding="utf-8"))
    levels = metrics["splits"]["test"]
    assert levels["patient"]["left_out"] == {"patients": 1, "names": ["test-0000"]}
    assert (levels["patient"]["samples"], levels["sample"]["samples"]) == (11, 24)


def test_the_design_and_too_few_resamples(tmp_path, capsys):
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    assert run(tmp_path / "p.csv", "--bootstrap", 200, "--design", "case_control") == 0
    assert "within classes (a case-control design)" in capsys.readouterr().out
    assert run(tmp_path / "p.csv", "--bootstrap", 199) == 2
    assert "want 200 resamples or more" in capsys.readouterr().err


@pytest.mark.parametrize("module", [evaluate, compare, table])
def test_a_code_page_or_a_sheet_is_named(module, tmp_path, capsys):
    header = ["sample_id", "patient_id", "label", "prob:lehký", "prob:střední"]
    rows = [
        [f"s{n}", f"p{n}", ("lehký", "střední")[n % 2], str(p), str(1 - p)]
        for n, p in enumerate((0.75, 0.25, 0.5, 0.375, 0.625, 0.125) * 3)
    ]
    text = "\n".join(",".join(row) for row in [header, *rows]) + "\n"
    (tmp_path / "first.csv").write_bytes(text.encode("cp1250"))
    other = [[cell.upper() for cell in row] for row in [header, *rows]]
    sheets = {"main": [header, *rows], "other": other}
    write_xlsx(tmp_path / "second.xlsx", sheets)
    named = [f"{tmp_path}/first.csv#cp1250", f"{tmp_path}/second.xlsx#main"]
    if module is evaluate:
        for name in named:
            assert command.run(module.main, [name, "--bootstrap", "200"]) == 0
            assert "střední" in capsys.readouterr().out
        return
    more = ["--bootstrap", "200"] if module is compare else []
    assert command.run(module.main, [*named, *more]) == 0
