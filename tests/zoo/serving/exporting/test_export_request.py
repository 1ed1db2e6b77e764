import dataclasses
import importlib.util
import shutil
from collections import namedtuple

import pytest

from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small
from tests.zoo.ensembling.members import ensemble_of, unbuilt
from tests.zoo.prediction import networks
from zoo.serving.exporting import export_request


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


def checked(run, root, **changes):
    return export_request.checked(run.path, **{"name": "liver", "to": root, **changes})


def test_the_version_is_the_next_one(run, tmp_path):
    request = checked(run, tmp_path)
    assert request.target == tmp_path / "liver" / "1"
    (tmp_path / "liver" / "7").mkdir(parents=True)
    (tmp_path / "liver" / ".9.part").mkdir()
    assert checked(run, tmp_path).target == tmp_path / "liver" / "8"
    assert checked(run, tmp_path, version=3).target == tmp_path / "liver" / "3"
    assert {path.name for path in tmp_path.iterdir()} == {"liver"}


def test_of_a_cross_validation_all_folds(tmp_path):
    path = networks.folds(tmp_path / "all", 2)
    request = export_request.checked(path, name="a", to=tmp_path)
    assert [run.fold for run in request.runs] == ["0", "1"]
    assert request.run is request.runs[0]


def test_of_an_ensemble_all_members_and_the_channels_of_any(tmp_path):
    first = networks.Recipe(arch="cnn3d", sequences=("T2",))
    second = networks.Recipe(arch="cnn3d", sequences=("T1",))
    paths = [
        unbuilt(tmp_path / name, recipe=recipe).path
        for name, recipe in (("a", first), ("b", second))
    ]
    path = ensemble_of(tmp_path / "both", paths)
    request = export_request.checked(path, name="a", to=tmp_path / "root")
    assert [run.path.name for run in request.runs] == ["a", "b"]
    assert request.ensemble.rule == "weighted"
    assert request.run.channels == ("T1", "T2")


def test_members_that_want_inputs_of_their_own_are_refused(tmp_path):
    other = dataclasses.replace(networks.TASK, name="other")
    paths = [
        unbuilt(tmp_path / name, task).path
        for name, task in (("a", networks.TASK), ("b", other))
    ]
    path = ensemble_of(tmp_path / "both", paths)
    with pytest.raises(UsageError, match="each wants a record of its own"):
        export_request.checked(path, name="a", to=tmp_path / "root")
    seen = networks.SEES_COVARIATES
    paths = [
        unbuilt(tmp_path / "c", networks.CLINICAL).path,
        unbuilt(
            tmp_path / "d", networks.CLINICAL, recipe=seen, standards=networks.STANDARDS
        ).path,
    ]
    path = ensemble_of(tmp_path / "clinical", paths)
    with pytest.raises(UsageError, match="see different covariates"):
        export_request.checked(path, name="a", to=tmp_path / "root")


def test_a_version_that_is_there(run, tmp_path):
    (tmp_path / "liver" / "2").mkdir(parents=True)
    with pytest.raises(UsageError, match="a version never changes"):
        checked(run, tmp_path, version=2)


@pytest.mark.parametrize("version", [0, -1, 2**63])
def test_a_version_that_no_server_knows(run, tmp_path, version):
    with pytest.raises(UsageError, match="a version is a number from 1 to 92"):
        checked(run, tmp_path, version=version)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "ä"])
def test_a_name_that_no_model_can_have(run, tmp_path, name):
    with pytest.raises(UsageError, match="a model's name is made of"):
        checked(run, tmp_path, name=name)


def test_a_precision_that_is_none(run, tmp_path):
    with pytest.raises(UsageError, match="one of float32, bfloat16, float16. Received"):
        checked(run, tmp_path, precision="int8")


def test_another_data_set(run, tmp_path):
    data = small.data_set(tmp_path, small.task())
    with pytest.raises(DataError, match="was begun with another data set"):
        checked(run, tmp_path / "root", data=str(data.path))


def test_an_unfinished_run(tmp_path):
    unfinished = networks.run(tmp_path / "run")
    unfinished.predictions_path.unlink()
    with pytest.raises(DataError, match="is unfinished: it has no predictions.csv"):
        checked(unfinished, tmp_path)


def test_packages_that_are_not_installed(run, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        UsageError, match="wants tf2onnx and onnxruntime, which are not"
    ):
        checked(run, tmp_path, onnx=True)


def test_a_disk_that_is_too_full(run, tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")(2**25)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DataError, match="has 32 MB of free space, and the export want"):
        checked(run, tmp_path / "not" / "there")
