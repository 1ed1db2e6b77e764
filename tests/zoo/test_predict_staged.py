"""Studies by the served model of a run with a last stage, as by the run itself."""

import dataclasses
import json

import numpy as np
import pytest

from pipelines import command
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.tasks import task as tasks
from tests.zoo.prediction import networks, stages
from tests.zoo.results import assert_same, rows
from tests.zoo.serving import exported
from tests.zoo.serving.endpoint import endpoints
from zoo import predict
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.rejection.rules import LargestProbability
from zoo.recipes.recipe import Recipe

PLAN = Plan(patients=4, sequences=("T2WI", "T1WI"), slices=(8, 9), matrix=(24, 28))


def call(*arguments):
    return command.run(predict.main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)


@pytest.fixture(scope="module")
def studies(source):
    return ("--dicom", source / "dicom")


@pytest.fixture(scope="module")
def run(source, studies, tmp_path_factory):
    """Its stage calls some of the studies the event and one of them unknown."""
    task = tasks.load(str(source / "task.toml"))
    task = dataclasses.replace(
        task, grid=dataclasses.replace(task.grid, shape=(16, 16, 16))
    )
    folder = tmp_path_factory.mktemp("run")
    made = networks.run(folder / "run", task=task, recipe=Recipe(arch="cnn3d"))
    stages.write(made, threshold=0.5, reject=LargestProbability(threshold=0.0))
    assert call(made.path, *studies, "--out", folder / "all.csv") == 0
    found = rows(folder / "all.csv")
    shares = np.sort([float(row[f"prob:{made.classes[1]}"]) for row in found])
    known = np.sort([float(row["score"]) for row in found])
    assert np.diff(shares).max() > 1e-3 and np.diff(known)[0] > 1e-4
    place = int(np.argmax(np.diff(shares)))
    uncalibrated = f"prob_uncalibrated:{made.classes[1]}"
    alone = np.sort([float(row[uncalibrated]) for row in found])
    stages.write(
        made,
        threshold=float(np.mean(shares[place : place + 2])),
        sets=ClassSets(level=0.9, lowest=(1.0, float(np.mean(alone[place:][:2])))),
        reject=LargestProbability(threshold=float(np.mean(known[:2]))),
    )
    return made


@pytest.fixture(scope="module")
def endpoint(run, tmp_path_factory):
    """Whose batches are formed of several studies."""
    folder = tmp_path_factory.mktemp("served")
    path = exported.written(run.path, folder / "root", name="liver").parent
    batching = folder / "batching.config"
    batching.write_text(
        "max_batch_size { value: 4 } batch_timeout_micros { value: 20000 }",
        encoding="utf-8",
    )
    flags = ("--model_name=liver", f"--model_base_path={path}", "--enable_batching")
    with endpoints.started(*flags, f"--batching_parameters_file={batching}") as served:
        yield served


@pytest.fixture(params=["grpc", "http"])
def asked(request, endpoint):
    """The options that name the served model."""
    address = {"grpc": endpoint.grpc, "http": endpoint.rest}[request.param]
    return ("--endpoint", f"{request.param}://{address}", "--model", "liver")


def test_the_screen_and_the_table_are_those_of_the_run(
    run, studies, asked, tmp_path, capsys
):
    by_run, by_endpoint = tmp_path / "run.csv", tmp_path / "endpoint.csv"
    assert call(run.path, *studies, "--out", by_run) == 0
    screen = capsys.readouterr().out.splitlines()
    assert call(*asked, *studies, "--out", by_endpoint) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == screen[:-1]
    found = rows(by_endpoint)
    assert_same(found, rows(by_run))
    labels = [row["class"] for row in found]
    assert labels.count("unknown") == 1 and len({*labels}) == 3
    assert [row["is_unknown"] for row in found] == [
        str(int(label == "unknown")) for label in labels
    ]
    assert sum("unknown" in line for line in screen) == 1
    inside = [row[f"in_set:{run.classes[1]}"] for row in found]
    assert {*inside} == {"0", "1"} and "set (90 %)" in screen[0]
    assert sum("(none)" in line for line in screen) == inside.count("0")


def test_json_says_the_same(run, studies, asked, tmp_path):
    by_run, by_endpoint = tmp_path / "run.json", tmp_path / "endpoint.json"
    more = ("--signature", "serving_default", "--out", by_endpoint)
    assert call(run.path, *studies, "--out", by_run) == 0
    assert call(*asked, *studies, *more) == 0
    found, wanted = (
        json.loads(path.read_text(encoding="utf-8")) for path in (by_endpoint, by_run)
    )
    assert found["prediction_set_level"] == 0.9
    assert found.pop("model") == {"name": "liver", "version": 1}
    assert {*found} == {*wanted}
    for one, other in zip(found["results"], wanted["results"], strict=True):
        assert [*one] == [*other]
        for name in ("probabilities", "probabilities_uncalibrated", "score"):
            assert one.pop(name) == pytest.approx(other.pop(name), abs=1e-5)
        assert one == other
        assert one["prediction_set"] in ([], [run.classes[1]])
        assert type(one["is_unknown"]) is bool
