import json

import pytest

from pipelines import command
from pipelines.tasks.target import Target
from tests.zoo.evaluation.cohorts import cohort, make_run, three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished
from zoo import calibrate
from zoo.evaluation.predictions.predictions import join, take


def run(*arguments):
    return command.run(calibrate.main, [str(argument) for argument in arguments])


def test_a_run_gets_its_last_stage(tmp_path, capsys):
    made = finished(tmp_path / "run")
    assert run(made.path, "--operating-point", "sensitivity=0.9") == 0
    printed = capsys.readouterr().out
    assert "fitted on 20 validation samples of 20 patients (well 10, ill 10)" in printed
    assert "scaling: temperature, T = " in printed
    assert "validation sensitivity 0.900" in printed
    assert f"{made.last_stage_path}\n" in printed
    content = json.loads(made.last_stage_path.read_text(encoding="utf-8"))
    assert content["operating_point"]["rule"] == "sensitivity=0.9"
    assert run(made.path, "--scaling", "none") == 0  # it replaces the file
    content = json.loads(made.last_stage_path.read_text(encoding="utf-8"))
    assert content["scaling"] == {"method": "none"}
    assert "operating_point" not in content


def folds(path):
    path.mkdir()
    facts = {"digest": "d", "folds": ["0", "1"], "holdout": False}
    (path / "cross_validation.json").write_text(json.dumps(facts), encoding="utf-8")
    for fold in ("0", "1"):
        parts = [
            cohort(20, split=split, fold=fold, seed=int(fold), name=f"{split}{fold}")
            for split in ("validation", "test")
        ]
        made = finished(path / f"fold-{fold}", join(parts), fold=fold)
        made.metrics_path.write_text("{}", encoding="utf-8")
    recipe = (path / "fold-0" / "recipe.toml").read_text(encoding="utf-8")
    (path / "recipe.toml").write_text(recipe, encoding="utf-8")
    return path


def test_every_fold_gets_its_own(tmp_path, capsys):
    path = folds(tmp_path / "all")
    assert run(path, "--operating-point", "youden") == 0
    printed = capsys.readouterr().out
    assert "fold 0: fitted on 20" in printed and "fold 1: fitted on 20" in printed
    stages = [
        json.loads((path / f"fold-{f}" / "last_stage.json").read_text(encoding="utf-8"))
        for f in "01"
    ]
    assert stages[0]["scaling"] != stages[1]["scaling"]


def test_a_fold_that_cant_have_one_leaves_the_others_without(tmp_path, capsys):
    path = folds(tmp_path / "all")
    lone = cohort(20, split="test", fold="1")
    (path / "fold-1").rename(tmp_path / "old")
    finished(path / "fold-1", lone, fold="1").metrics_path.write_text(
        "{}", encoding="utf-8"
    )
    assert run(path) == 1
    assert "has no validation predictions" in capsys.readouterr().err
    assert not (path / "fold-0" / "last_stage.json").exists()


def test_more_than_two_classes_want_the_one_that_it_is_for(tmp_path, capsys):
    made = finished(tmp_path / "run", three_splits(("a", "b", "c")))
    assert run(made.path, "--operating-point", "youden") == 2
    assert "--class is one of a, b, c. Received: none" in capsys.readouterr().err
    assert run(made.path, "--operating-point", "youden", "--class", "b") == 0


def test_an_unfinished_run(tmp_path, capsys):
    made = make_run(tmp_path / "run", three_splits())
    assert run(made.path) == 1
    assert "is unfinished: it has no model.keras" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("largest", "coverage=0.9"), ("energy=0.5",)])
def test_a_reject_rule_is_named(tmp_path, capsys, words):
    made = finished(tmp_path / "run")
    assert run(made.path, "--reject", *words) == 0
    printed = capsys.readouterr().out
    assert "unknown: a score below " in printed
    assert printed.count(f"({words[0].partition('=')[0]})") == 1


def test_an_ensemble_and_repeats_have_none(tmp_path, capsys):
    for name, file in (("three", "ensemble.json"), ("five", "repeats.json")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text("{}", encoding="utf-8")
    assert run(tmp_path / "three") == 2
    assert "an ensemble, which has no last stage" in capsys.readouterr().err
    assert run(tmp_path / "five") == 2
    assert f"Name one of them: {tmp_path / 'five' / 'repeat-0'}" in (
        capsys.readouterr().err
    )


def test_sets_and_the_classes_of_too_few_samples(tmp_path, capsys):
    parts = [cohort(25, split=s) for s in ("validation", "test")]
    rare = [take(part, [0, *range(1, 25, 2)]) for part in parts]  # one that is well
    made = finished(tmp_path / "run", join(rare))
    assert run(made.path, "--sets", "0.9", "--scaling", "none") == 0
    printed = capsys.readouterr().out
    content = json.loads(made.last_stage_path.read_text(encoding="utf-8"))
    assert content["fitted_on"]["samples_per_class"] == {"well": 1, "ill": 12}
    lowest = content["sets"]["lowest"]
    assert content["sets"]["level"] == 0.9 and lowest["well"] == 0 < lowest["ill"]
    assert (
        "sets: 90 % of each class wanted; in a set from an uncalibrated probability on "
        f"of: ill {lowest['ill']:.4g}\n"
        "too few validation samples of well for 90 %: 1 of 9. It is in every set\n"
    ) in printed
    assert run(made.path, "--scaling", "none") == 0
    content = json.loads(made.last_stage_path.read_text(encoding="utf-8"))
    assert "sets" not in content and content["format"] == 1


@pytest.mark.parametrize("level", ["0", "1", "-0.1", "90", "nan", "inf"])
def test_a_coverage_that_is_none_is_refused_before_a_run_is_opened(
    tmp_path, capsys, level
):
    assert run(tmp_path / "nosuch", f"--sets={level}") == 2
    assert "--sets is the share of each class's samples" in capsys.readouterr().err


def test_labels_beside_others_have_no_sets(tmp_path, capsys):
    target = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
    made = make_run(tmp_path / "run", three_splits(), target=target)
    made.model_path.write_bytes(b"a model")
    assert run(made.path, "--sets", "0.9") == 2
    assert "several are right at once, so no set of them" in capsys.readouterr().err
    assert not made.last_stage_path.exists()
