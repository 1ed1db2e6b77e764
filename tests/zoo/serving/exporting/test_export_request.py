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


OTHER = dataclasses.replace(networks.TASK, name="other")


def of_tasks(folder, *tasks):
    """An ensemble of a member of each task, trained on a data set of its name."""
    paths = [unbuilt(folder / task.name, task).path for task in tasks]
    return ensemble_of(folder / "both", paths, rule="mean")


def test_of_members_of_several_tasks_each_has_its_own(tmp_path):
    path = of_tasks(tmp_path, networks.TASK, OTHER)
    request = export_request.checked(path, name="a", to=tmp_path / "root")
    assert [each.facts.task for each in request.groups] == [networks.TASK, OTHER]
    assert [run.path.name for run in request.runs] == ["small", "other"]
    assert request.data is None and request.task_data == ()


def test_of_members_of_several_tasks_no_onnx_file(tmp_path, monkeypatch):
    monkeypatch.setattr(export_request, "_check_onnx", lambda: None)
    path = of_tasks(tmp_path, networks.TASK, OTHER)
    with pytest.raises(UsageError, match="--onnx is of what takes volumes of one"):
        export_request.checked(path, name="a", to=tmp_path / "root", onnx=True)


def test_studies_that_can_not_be_told_to_be_the_same_are_refused(tmp_path):
    other = dataclasses.replace(OTHER, study_key="accession_number")
    path = of_tasks(tmp_path, networks.TASK, other)
    with pytest.raises(UsageError, match="name a study by different keys"):
        export_request.checked(path, name="a", to=tmp_path / "root")


def test_data_is_of_all_tasks_or_of_none(tmp_path, monkeypatch):
    named = namedtuple("named", "digest path")
    monkeypatch.setattr(export_request, "open_dataset", lambda each: named(each, each))
    path = of_tasks(tmp_path, networks.TASK, OTHER)
    options = {"name": "a", "to": tmp_path / "root"}
    request = export_request.checked(path, data=["other", "small"], **options)
    assert [each.digest for each in request.task_data] == ["small", "other"]
    with pytest.raises(UsageError, match="--data names no data set of the task other"):
        export_request.checked(path, data=["small"], **options)
    with pytest.raises(DataError, match="no member was trained on third"):
        export_request.checked(path, data=["other", "small", "third"], **options)


def test_data_of_one_task_is_named_once(run, tmp_path):
    with pytest.raises(UsageError, match="--data is named once, .* Received: a, b"):
        checked(run, tmp_path, data=["a", "b"])


def test_members_that_see_different_covariates_are_refused(tmp_path):
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
