import subprocess
import sys

import pytest

from pipelines import command
from tests.zoo.evaluation.cohorts import cohort, make_run, three_splits
from zoo import evaluate
from zoo.evaluation.predictions import predictions_file


def run(*arguments):
    return command.run(evaluate.main, [str(argument) for argument in arguments])


def test_one_run(tmp_path, capsys):
    made = make_run(tmp_path / "run", three_splits())
    assert run(made.path) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == str(made.metrics_path)
    assert "50 bootstrap resamples" in "".join(printed)  # the recipe's
    assert made.metrics_path.is_file()


def test_the_command_line_overrides_the_recipe(tmp_path, capsys):
    made = make_run(tmp_path / "run", cohort(10))
    assert run(made.path, "--bootstrap", 20, "--confidence", 0.8, "--seed", 3) == 0
    printed = capsys.readouterr().out
    assert "80% intervals" in printed
    assert "20 bootstrap resamples" in printed


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


def test_a_bare_file_is_judged_without_writing(tmp_path, capsys):
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    assert run(tmp_path / "p.csv", "--bootstrap", 20) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]
    assert run(tmp_path / "p.csv", "--bootstrap", 20, "--out", tmp_path / "out") == 0
    assert (tmp_path / "out" / "metrics.json").is_file()
    capsys.readouterr()


def test_a_bare_file_stands_alone(tmp_path, capsys):
    predictions_file.write(tmp_path / "p.csv", cohort(10))
    assert run(tmp_path / "p.csv", tmp_path) == 2
    assert "judged alone" in capsys.readouterr().err


def test_no_run(tmp_path, capsys):
    assert run(tmp_path / "none") == 1
    assert "no run directory" in capsys.readouterr().err


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
        [sys.executable, "-c", code, made.path, "--bootstrap", "20"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        run("--help")
    assert "python -m zoo.evaluate runs/fold0" in capsys.readouterr().out
