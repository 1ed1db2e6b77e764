import csv
import dataclasses

import pytest

from pipelines import command
from tests.zoo.ensembling.members import member, predictions
from zoo import ensemble, evaluate
from zoo.evaluation import run_evaluation
from zoo.runs import json_objects


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch):
    """They take longer than all else."""
    monkeypatch.setattr(run_evaluation, "draw", lambda *_: {})


def run(of, *arguments):
    return command.run(of.main, [str(argument) for argument in arguments])


@pytest.fixture
def members(tmp_path):
    return [
        member(tmp_path / "weak", 1, signal=0.3),
        member(tmp_path / "strong", 2, signal=1.5),
    ]


def test_members_become_a_directory_that_can_be_evaluated(members, tmp_path, capsys):
    out = tmp_path / "both"
    assert run(ensemble, *members, "--rule", "weighted", "--out", out) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[-1] == str(out)
    assert "rule weighted, members weak, strong" in lines
    assert any(line.startswith("weights weak 0.") for line in lines)
    assert any(line.startswith("best member by validation AUC: ") for line in lines)
    assert "shown over strong: AUC " in lines[-2]
    assert f"next: python -m zoo.predict {out}" in printed.err

    before = json_objects.read(out / "metrics.json")
    (out / "metrics.json").unlink()
    assert run(evaluate, out) == 0
    assert json_objects.read(out / "metrics.json") == before
    assert lines[-2] in capsys.readouterr().out
    assert run(evaluate, out, "--confidence", 0.8, "--out", tmp_path / "new") == 0
    gains = [
        json_objects.read(path / "metrics.json")["ensemble"]["gain"]["by_objective"]
        for path in (out, tmp_path / "new")
    ]
    widths = [each["val_auc"]["high"] - each["val_auc"]["low"] for each in gains]
    assert widths[1] < widths[0]
    capsys.readouterr()
    assert run(evaluate, out, members[0]) == 2
    assert "is judged alone" in capsys.readouterr().err
    assert run(evaluate, out / "predictions.csv") == 0  # as a file from elsewhere


def test_the_ids_in_its_files_are_pseudonyms_of_the_members(members, tmp_path):
    out = tmp_path / "both"
    assert run(ensemble, *members, "--rule", "majority", "--out", out) == 0
    with open(out / "predictions.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(row["patient_id"] for row in rows) == predictions(1).patient_id
    for row in rows:
        shares = [float(row["prob:well"]), float(row["prob:ill"])]
        assert sum(shares) == pytest.approx(1, abs=1e-8)


def test_leaks_end_with_one_and_wrong_usage_with_two(members, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(ensemble, members[0], tmp_path / "nosuch", "--out", out) == 2
    assert "nosuch does not exist" in capsys.readouterr().err
    renamed = {"test": "train", "train": "test", "validation": "validation"}
    swapped = dataclasses.replace(
        predictions(3),
        split=tuple(renamed[split] for split in predictions(3).split),
    )
    leaking = member(tmp_path / "leaking", 3, found=swapped)
    assert run(ensemble, members[0], leaking, "--out", out) == 1
    assert "60 patient(s) judge one member" in capsys.readouterr().err
    assert not out.exists()
