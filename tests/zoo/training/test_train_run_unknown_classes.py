"""Runs whose recipe holds classes out, from the data set to what they answer."""

import dataclasses
import json

import numpy as np
import pytest

import zoo
from pipelines.errors import UsageError
from pipelines.records import held_out_classes
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from tests.zoo.serving.gate import in_process
from tests.zoo.training.trained import RECIPE, begin
from zoo.evaluation.last_stage import unknown_classes
from zoo.evaluation.predictions import predictions_file
from zoo.runs import features
from zoo.runs.run import Run
from zoo.serving.exporting import export_request, export_runs
from zoo.train import every_fold
from zoo.training import command_line, train_run

COUNTS = {("train", ""): 18, ("validation", ""): 9, ("test", ""): 9}
HOLDS_OUT = dataclasses.replace(
    RECIPE,
    unknown_classes=("b",),
    optimisation=dataclasses.replace(
        RECIPE.optimisation, epochs=1, class_weights="none", balance=(1, 1)
    ),
)


def three_classes(folder, counts=COUNTS, target=None, **split):
    folder.mkdir()
    task = dataclasses.replace(
        small.task(shape=(16, 16, 16), **split),
        target=target or Target(classes=("a", "b", "c")),
    )
    return small.data_set(folder, task, counts, target_of=lambda n: (float(n % 3),))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return three_classes(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture(scope="module")
def begun(data, tmp_path_factory):
    return begin(tmp_path_factory.mktemp("begun") / "run", data, recipe=HOLDS_OUT)


def test_the_run_is_of_the_classes_that_are_left(data, begun):
    assert begun.classes == ("a", "c")
    (main,) = begun.target_outputs
    assert (main.names, main.size) == (("a", "c"), 2)
    assert begun.task.spec == data.task.spec
    assert begun.data_digest == data.digest
    described = json.loads((begun.path / "dataset.json").read_text(encoding="utf-8"))
    assert described["classes"] == ["a", "c"]
    assert described["counts"]["train"]["classes"] == {"a": 6, "c": 6}


def test_it_is_resumed_without_naming_them_again(begun, data):
    argv = ["--resume", "--out", str(begun.path), "--data", data.path]
    assert command_line.parse(argv).recipe == HOLDS_OUT
    assert Run.resume(begun.path) == begun


def test_the_command_line_names_them(tmp_path):
    argv = ["--data", "x", "--arch", "cnn3d", "--unknown-classes", "DWI_Low", "ADC"]
    assert command_line.parse(argv).recipe.unknown_classes == ("DWI_Low", "ADC")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("d",), "some of the data set's classes a, b, c"),
        (("a", "c"), "leaves b of a, b, c"),
    ],
)
def test_what_can_not_be_held_out_makes_no_run(names, message, data, tmp_path):
    recipe = dataclasses.replace(HOLDS_OUT, unknown_classes=names)
    with pytest.raises(UsageError, match=message):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()


def test_no_grade_is_held_out(tmp_path):
    grades = Target(kind="ordinal", columns=("x",), classes=("0", "1", "2"))
    data = three_classes(tmp_path / "data", target=grades)
    recipe = dataclasses.replace(HOLDS_OUT, unknown_classes=("1",))
    with pytest.raises(UsageError, match="a grade between grades"):
        begin(tmp_path / "run", data, recipe=recipe)


def test_a_balance_is_of_the_classes_that_are_left(data, tmp_path):
    optimisation = dataclasses.replace(HOLDS_OUT.optimisation, balance=(1, 2, 1))
    recipe = dataclasses.replace(HOLDS_OUT, optimisation=optimisation)
    with pytest.raises(UsageError, match="one positive share for each class: a, c"):
        begin(tmp_path / "run", data, recipe=recipe)


def test_weights_that_know_the_class_are_refused(data, tmp_path):
    plain = dataclasses.replace(
        HOLDS_OUT, unknown_classes=None, optimisation=RECIPE.optimisation
    )
    origin = begin(tmp_path / "origin", data, recipe=plain)
    origin.model_path.write_bytes(b"model")
    origin.predictions_path.write_text("sample_id,patient_id\n", encoding="utf-8")
    recipe = dataclasses.replace(HOLDS_OUT, weights="run")
    with pytest.raises(UsageError, match="which learned b: what it knows"):
        begin(tmp_path / "run", data, recipe=recipe, weights_from=str(origin.path))


def test_no_directory_of_folds_is_made_for_a_class_that_is_not(tmp_path):
    counts = {("fold", str(number)): 6 for number in range(3)}
    data = three_classes(tmp_path / "data", counts, kind="folds", folds=3)
    argv = ["--arch", "cnn3d", "--data", data.path, "--folds", "all"]
    argv += ["--unknown-classes", "d", "--out", str(tmp_path / "folds")]
    with pytest.raises(UsageError, match="some of the data set's classes a, b, c"):
        every_fold(command_line.parse(argv), None)
    assert not (tmp_path / "folds").exists()


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    run = begin(tmp_path_factory.mktemp("trained") / "run", data, recipe=HOLDS_OUT)
    evidence = train_run.train(run, data)
    return Run.open(run.path), evidence


@pytest.mark.slow
def test_known_and_unknown_samples_are_predicted_apart(data, trained):
    run, _ = trained
    predictions = predictions_file.read(run.predictions_path, run.task.target)
    unknown = unknown_classes.read(run)
    known = sorted(map(small.seed_of, predictions.sample_id))
    assert known == [n for n in range(36) if n % 3 != 1]
    for sample, label in zip(predictions.sample_id, predictions.label):
        assert label == small.seed_of(sample) % 3 // 2
    held_out = held_out_classes.without(data, ("b",))
    assert dict(zip(unknown.sample_id, unknown.unknown_class)) == (
        held_out_classes.class_of_samples(held_out)
    )
    assert [unknown.split.count(s) for s in ("train", "validation", "test")] == [
        6,
        3,
        3,
    ]
    np.testing.assert_allclose(unknown.probabilities.sum(axis=1), 1, atol=1e-6)
    both = predictions.sample_id + unknown.sample_id
    assert sorted(features.read(run.features_path).sample_id) == sorted(both)


@pytest.mark.slow
def test_its_evidence_says_how_they_are_told_apart(trained):
    _, evidence = trained
    assert evidence["classes"] == ["a", "c"]
    assert evidence["splits"]["test"]["sample"]["samples"] == 6
    content = evidence["unknown_classes"]
    assert content["classes"] == ["b"]
    for split in ("validation", "test"):
        assert content["splits"][split]["unknown"]["b"]["samples"] == 3
        assert {*content["splits"][split]["by_rule"]} == {
            "largest",
            "energy",
            "mahalanobis",
        }


@pytest.mark.slow
def test_what_it_answers_is_of_the_classes_it_knows(data, trained, tmp_path):
    run, _ = trained
    answered = zoo.load(run.path).predict(
        small.canonical(1, shape=(16, 16, 16)).voxels.astype(np.float32),
        fill=np.zeros(2, np.float32),
    )
    unknown = unknown_classes.read(run)
    row = unknown.sample_id.index(f"p{1:016x}")
    np.testing.assert_allclose(
        np.ravel(answered["probabilities"]), unknown.probabilities[row], atol=1e-5
    )
    request = export_request.checked(
        run.path, name="known", to=tmp_path / "root", data=data.path
    )
    with in_process.gate():
        version = export_runs.export(request)
    model = json.loads(
        (version / "assets.extra" / "model.json").read_text(encoding="utf-8")
    )
    assert model["answers"][0]["names"] == ["a", "c"]


@pytest.mark.slow
def test_a_run_that_goes_on_holds_the_same_out(data, trained):
    run, evidence = trained
    before = run.unknown_path.read_text(encoding="utf-8")
    again = train_run.train(Run.resume(run.path), data)
    assert run.unknown_path.read_text(encoding="utf-8") == before
    assert again["unknown_classes"] == evidence["unknown_classes"]
