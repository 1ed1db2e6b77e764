import csv
import dataclasses

import numpy as np
import pytest

import zoo
from pipelines import command
from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion.new_study import OneRecord
from tests.zoo.ensembling.members import ensemble_of, unbuilt
from tests.zoo.prediction import networks
from zoo import predict
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member, studies, task_groups
from zoo.prediction import predictor
from zoo.prediction.study_source import StudySource
from zoo.runs.run import Run

RECORDS = [networks.record(networks.voxels(seed)) for seed in range(2)]
OTHER = dataclasses.replace(networks.TASK, name="other")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Runs without networks, the third of another task; what is asked says `SAID`."""
    folder = tmp_path_factory.mktemp("runs")
    for name, task in (("a", networks.TASK), ("b", networks.TASK), ("c", OTHER)):
        unbuilt(folder / name, task)
    return folder


SAID = {"a": 0.9, "b": 0.3, "c": 0.45}  # of the second class


@pytest.fixture
def _networks_are_numbers(monkeypatch):
    """A network answers with a number, whatever it is asked."""

    def load(path, with_stage):
        assert not with_stage  # the rule asks networks
        shares = np.array([1 - SAID[path.name], SAID[path.name]], np.float32)
        network = {"": lambda record: {"probabilities": shares}}
        return predictor.Predictor(run=Run.open(path), networks=network)

    monkeypatch.setattr(predictor, "load", load)


@pytest.mark.usefixtures("_networks_are_numbers")
def test_the_answer_is_that_of_the_rule(runs):
    path = ensemble_of(runs / "weighted", [runs / "a", runs / "b"])
    answers = zoo.load(path).answer_records(RECORDS)
    np.testing.assert_allclose(answers["probabilities"], [[0.55, 0.45]] * 2, rtol=1e-6)
    assert answers["probabilities"].dtype == np.float32
    assert answers["label"].tolist() == [networks.TASK.target.classes[0]] * 2


@pytest.mark.slow
def test_folds_of_members_answer_by_fold_and_then_by_their_mean(tmp_path):
    paths = [networks.folds(tmp_path / name, 2) for name in ("x", "y")]
    path = ensemble_of(tmp_path / "both", paths)
    answer = zoo.load(path).predict_records(RECORDS[:1])["probabilities"]
    expected = 0
    for name, share in (("x", 0.25), ("y", 0.75)):
        for fold in range(2):
            run = zoo.load(tmp_path / name / f"fold-{fold}")
            said = run.predict_records(RECORDS[:1])["probabilities"]
            expected += share / 2 * said
    np.testing.assert_allclose(answer, expected, rtol=1e-6)


def test_a_member_that_was_trained_anew_is_refused(tmp_path):
    for name in "ab":
        unbuilt(tmp_path / name)
    path = ensemble_of(tmp_path / "both", [tmp_path / "a", tmp_path / "b"])
    (tmp_path / "b" / "model.keras").write_bytes(b"another")
    with pytest.raises(DataError, match="b has another model than when"):
        zoo.load(path)
    (tmp_path / "b").rename(tmp_path / "c")
    with pytest.raises(DataError, match="the member b of .* is not at"):
        zoo.load(path)


def lacking(name, ids):
    error = StudyError(code="missing_sequence", problem="no T1", cure="Add it")
    return OneRecord(name=name, ids=ids, error=error)


@pytest.mark.usefixtures("_networks_are_numbers")
def test_the_command_predicts_and_says_who_abstains(
    runs, tmp_path, capsys, monkeypatch
):
    path = ensemble_of(runs / "command", [runs / "a", runs / "c"], rule="mean")
    whole = OneRecord(name="study 1", ids={"study_id": "1"}, record=RECORDS[0])
    studies_of = {
        networks.TASK.name: [lacking("study 1", whole.ids)],
        "other": [whole, lacking("study 2", {"study_id": "2"})],
    }
    monkeypatch.setattr(
        StudySource, "records", lambda _, facts: lambda: studies_of[facts.task.name]
    )
    out = tmp_path / "result.csv"
    arguments = [str(path), "--dicom", str(tmp_path), "--out", str(out)]
    assert command.run(predict.main, arguments) == 1
    printed = capsys.readouterr()
    assert "study 1: a abstains: the study lacks a sequence" in printed.err
    with open(out, encoding="utf-8-sig", newline="") as file:
        row, unjudged = csv.DictReader(file)
    assert unjudged["error"] == "no T1. Add it"
    assert "for want of a sequence: 1 of 2" in printed.err
    first, second = networks.TASK.target.classes
    assert float(row[f"prob:{second}"]) == pytest.approx(0.45)
    assert row["class"] == first
    assert row[f"member_a.prob:{second}"] == ""
    assert float(row[f"member_c.prob:{second}"]) == pytest.approx(0.45)
    assert row["error"] == ""


@pytest.mark.usefixtures("_networks_are_numbers")
def test_members_of_several_tasks_vote_by_study_and_abstain(runs):
    path = ensemble_of(runs / "tasks", [runs / "a", runs / "c"], rule="majority")
    ensemble = ensembles.opened(path)
    groups = task_groups.of_members(ensemble, member.reopened(ensemble))
    assert [group.facts.task.name for group in groups] == [
        networks.TASK.name,
        "other",
    ]
    broken = StudyError(code="gap", problem="a gap", cure="Look")
    ids = [{"study_id": str(number)} for number in range(5)]
    first = [
        OneRecord(name="study 1", ids=ids[0], record=RECORDS[0]),
        lacking("study 2", ids[1]),
        lacking("study 3", ids[2]),
        OneRecord(name="study 4", ids=ids[3], error=broken),
    ]
    second = [
        OneRecord(name="study 1", ids=ids[1], record=RECORDS[1]),
        OneRecord(name="study 2", ids=ids[0], record=RECORDS[0]),
        lacking("study 3", ids[2]),
        OneRecord(name="study 4", ids=ids[3], record=RECORDS[0]),
        OneRecord(name="study 5", ids=ids[4], record=RECORDS[1]),
    ]
    reads = list(zip(groups, (lambda: first, lambda: second), strict=True))
    found = list(studies.predicted(reads, ensemble))
    assert [each.number for each in found] == [1, 2, 3, 4, 5]
    assert [each.ids for each in found] == ids
    assert [list(each.by_fold) for each in found] == [["a", "c"], ["c"], [], [], ["c"]]
    assert found[2].error.code == "missing_sequence"
    assert found[3].error.code == "gap"

    expected = np.array([1 + 0.325, 1 + 0.675]) / 3  # a vote each, and the mean
    np.testing.assert_allclose(found[0].outputs["probabilities"], expected, rtol=1e-6)
    np.testing.assert_allclose(found[0].by_fold["c"]["probabilities"], [0.55, 0.45])
    label = networks.TASK.target.classes[int(np.argmax(expected))]
    assert found[0].outputs["label"] == label


def test_one_record_for_members_of_several_tasks_is_refused(runs):
    path = ensemble_of(runs / "two", [runs / "a", runs / "c"])
    with pytest.raises(UsageError, match="each wants a record of its own"):
        zoo.load(path)


def test_named_sequences_go_to_the_tasks_that_have_them(runs):
    path = ensemble_of(runs / "named", [runs / "a", runs / "c"])
    ensemble = ensembles.opened(path)
    first, second = task_groups.of_members(ensemble, member.reopened(ensemble))
    task = dataclasses.replace(second.facts.task, sequences=networks.TASK.sequences[:1])
    every = (first.facts, dataclasses.replace(second.facts, task=task))
    source = StudySource(nifti={"T2": "t2.nii"})
    assert task_groups.source_of(source, every[0], every) == source
    assert task_groups.source_of(source, every[1], every) is None
    fitted = (first.facts, dataclasses.replace(second.facts, task=networks.FITTED))
    source = StudySource(nifti={"b50": "b50.nii"})  # no channel of any of them
    assert task_groups.source_of(source, fitted[0], fitted) is None
    assert task_groups.source_of(source, fitted[1], fitted) == source
    unknown = StudySource(nifti={"T9": "t9.nii"})
    with pytest.raises(UsageError, match="have the sequences T1, T2. Received: T9"):
        task_groups.source_of(unknown, every[0], every)
