import json

import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small
from tests.zoo.ensembling.members import ensemble_of
from tests.zoo.prediction import networks
from tests.zoo.serving.exporting import kinds
from tests.zoo.serving.gate import in_process
from zoo.prediction import predictor
from zoo.serving.exporting import (
    export_request,
    export_runs,
    member,
    saved_model,
    version_directory,
)
from zoo.serving.exporting.signatures import ServedModel
from zoo.serving.model_root import labels, models_config


def export(path, root, **changes):
    """What was written, and what was said meanwhile."""
    lines = []
    request = export_request.checked(path, **{"name": "liver", "to": root, **changes})
    return export_runs.export(request, say=lines.append), lines


@pytest.fixture
def open_gate(monkeypatch):
    """Loading what was written in a process of its own takes long: it is not done."""
    monkeypatch.setattr(export_runs.gated, "hold", lambda *_, **__: "not asked")


@pytest.fixture
def light(monkeypatch):
    """A version is one small file: the tests are of what happens around it."""

    def write(directory, *_):
        (directory / "saved_model.pb").write_text("a model", encoding="utf-8")

    monkeypatch.setattr(export_runs, "served_model", lambda *_, **__: None)
    monkeypatch.setattr(export_runs.held_to, "of", lambda _: None)
    monkeypatch.setattr(export_runs, "_write", write)


@pytest.fixture
def in_this_process():
    """Likewise it is loaded here, and held to the run all the same."""
    with in_process.gate():
        yield


def labels_of(root):
    return labels.of(models_config.read(root), "liver")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def first(run, tmp_path_factory):
    """A version whose gate is open, and what was said meanwhile."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(export_runs.gated, "hold", lambda *_, **__: "not asked")
        return export(run.path, tmp_path_factory.mktemp("model") / "root")


def test_the_first_version_is_stable(run, first):
    path, lines = first
    assert path.parts[-3:] == ("root", "liver", "1")
    assert labels_of(path.parents[1]) == {"stable": 1}
    assert f"{run.path} has not been judged: model.json has no figures" in lines
    assert lines[-1] == "version 1 of liver is stable"


@pytest.mark.usefixtures("light")
def test_a_later_version_is_canary(run, tmp_path):
    root = tmp_path / "root"
    export(run.path, root)
    second, lines = export(run.path, root)
    assert second == root / "liver" / "2"
    assert labels_of(root) == {"stable": 1, "canary": 2}
    assert lines[-1] == "version 2 of liver is canary"


def test_it_warms_up_for_the_sizes_that_the_server_forms(first):
    path, _ = first
    file = path / saved_model.ASSETS / "tf_serving_warmup_requests"
    number = sum(1 for _ in tf.data.TFRecordDataset(str(file)))
    assert number == 4 * 4  # signatures, and the sizes 1, 2, 4, 8 of batching.config


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_bfloat16_is_measured_on_records_of_the_data_set_and_says_so(tmp_path):
    task = small.task(channels=("T1", "T2"), shape=networks.SHAPE)
    data = small.data_set(tmp_path, task)
    run = networks.run(tmp_path / "run", digest=data.digest)
    path, lines = export(
        run.path, tmp_path / "root", data=str(data.path), precision="bfloat16"
    )
    (line,) = [line for line in lines if line.startswith("bfloat16 against the run")]
    assert "on 8 records of the data set: probabilities 0.0" in line
    described = json.loads(
        (path / saved_model.ASSETS / "model.json").read_text(encoding="utf-8")
    )
    (measured,) = described["differences"]
    assert described["precision"] == "bfloat16"
    assert 0 < measured["largest"]["probabilities"] < 0.02
    record = networks.record(networks.voxels())
    served = tf.saved_model.load(str(path)).signatures["serve_examples"]
    found = served(examples=tf.constant([record]))["probabilities"].numpy()
    expected = predictor.load(run.path).predict_records([record])["probabilities"]
    assert 0 < np.abs(found - expected).max() < 0.02


@pytest.mark.usefixtures("open_gate")
def test_what_onnx_can_not_hold_is_told_and_nothing_is_left(run, tmp_path, monkeypatch):
    def write(path, served):
        path.write_text("half a file", encoding="utf-8")
        raise RuntimeError("No Op registered for Sparkle\nand much more")

    monkeypatch.setattr(export_runs.onnx_file, "write", write)
    monkeypatch.setattr(export_request, "_check_onnx", lambda: None)
    with pytest.raises(DataError, match=r"RuntimeError: No Op .* Sparkle\. Leave"):
        export(run.path, tmp_path / "root", onnx=True)
    assert not [*(tmp_path / "root" / "liver").glob("*")]


@pytest.mark.usefixtures("open_gate")
def test_a_disk_that_is_full_is_no_fault_of_onnx(run, tmp_path, monkeypatch):
    def write(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export_runs.onnx_file, "write", write)
    monkeypatch.setattr(export_request, "_check_onnx", lambda: None)
    with pytest.raises(DataError, match="liver/1 can't be written: .*No space left"):
        export(run.path, tmp_path / "root", onnx=True)


@pytest.mark.usefixtures("in_this_process")
def test_onnx_stands_beside_it(run, tmp_path):
    pytest.importorskip("tf2onnx")
    path, lines = export(run.path, tmp_path / "root", onnx=True)
    assert (path / saved_model.ASSETS / "model.onnx").is_file()
    (line,) = [line for line in lines if line.startswith("ONNX against the run")]
    assert "on 4 made-up records: probabilities " in line
    assert "all labels agree" in line


def test_a_label_that_changes_leaves_no_version(run, tmp_path, monkeypatch):
    real = predictor.Predictor.answer

    def other(self, each):
        return {**real(self, each), "label": np.array("neither")}

    monkeypatch.setattr(predictor.Predictor, "answer", other)
    with pytest.raises(DataError, match="in bfloat16 the model gives other labels"):
        export(run.path, tmp_path / "root", precision="bfloat16")
    assert [*(tmp_path / "root" / "liver").iterdir()] == []
    assert labels_of(tmp_path / "root") == {}


@pytest.mark.usefixtures("in_this_process")
def test_answers_other_than_the_runs_leave_no_version(run, tmp_path, monkeypatch):
    real = predictor.Predictor.answer

    def other(self, each):
        answer = real(self, each)
        return {**answer, "probabilities": answer["probabilities"] + 1e-4}

    monkeypatch.setattr(predictor.Predictor, "answer", other)
    message = "output probabilities of a batch of . differs by 0.0001, at most 1e-05"
    with pytest.raises(DataError, match=message):
        export(run.path, tmp_path / "root")
    assert [*(tmp_path / "root" / "liver").iterdir()] == []
    assert labels_of(tmp_path / "root") == {}


def test_every_signature_is_asked_by_a_process_of_its_own(tmp_path):
    """And every kind of target passes: classes, several labels, grades, numbers."""
    run = networks.run(tmp_path / "run", **kinds.SETTINGS["several"])
    _, lines = export(run.path, tmp_path / "root")
    (line,) = [line for line in lines if line.startswith("TensorFlow ")]
    for name in ("serving_default", "serve_examples", "features", "describe"):
        assert f"{name} 5" in line  # one, the last, all, and two of the warm-up


def test_of_two_exports_at_once_the_second_is_refused_before_its_work(run, tmp_path):
    lines = []
    request = export_request.checked(run.path, name="liver", to=tmp_path / "root")
    with (
        version_directory.reserved(request.target),
        pytest.raises(DataError, match="version .*liver/1 is in use by process"),
    ):
        export_runs.export(request, say=lines.append)
    assert lines == []


@pytest.mark.usefixtures("light")
def test_a_root_that_cannot_be_written(run, tmp_path):
    (tmp_path / "root").write_text("a file", encoding="utf-8")
    message = "root/liver/1 can't be written: .* Free some space or choose another --to"
    with pytest.raises(DataError, match=message):
        export(run.path, tmp_path / "root")


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize("fault", [OSError(28, "No space left"), DataError("held")])
def test_a_version_that_gets_no_label_says_how_to_give_it_one(
    run, tmp_path, monkeypatch, fault
):
    def failing(*_):
        raise fault

    monkeypatch.setattr(export_runs.registration, "register", failing)
    cure = "zoo.promote liver 1 --label stable --root .*/root, or --label canary"
    message = f"liver/1 is whole, but has no label .*{cure}"
    with pytest.raises(DataError, match=message):
        export(run.path, tmp_path / "root")
    assert (tmp_path / "root" / "liver" / "1" / "saved_model.pb").is_file()
    assert labels_of(tmp_path / "root") == {}


def test_float16_wants_a_gpu(run, tmp_path):
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is one here")
    with pytest.raises(UsageError, match="float16 wants a GPU"):
        export(run.path, tmp_path / "root", precision="float16")


def test_a_model_that_cannot_be_loaded(tmp_path):
    broken = networks.run(tmp_path / "run")
    broken.model_path.write_bytes(b"no model")
    with pytest.raises(DataError, match="can't be loaded as a Keras model"):
        export(broken.path, tmp_path / "root")


@pytest.mark.usefixtures("in_this_process")
def test_folds_are_one_version_of_their_mean(tmp_path):
    path = networks.folds(tmp_path / "all", 2)
    version, lines = export(path, tmp_path / "root")
    assert lines[0] == "loading 2 networks"
    described = json.loads(
        (version / saved_model.ASSETS / "model.json").read_text(encoding="utf-8")
    )
    assert len(described["members"]) == 2
    assert {*described["figures"]} == {"members", "mean"}


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_an_ensemble_is_held_to_its_rule(tmp_path):
    """One network sees both channels, one the second alone."""
    recipe = networks.Recipe(arch="cnn3d", sequences=("T2",))
    networks.run(tmp_path / "a", seed=1)
    networks.run(tmp_path / "b", seed=2, recipe=recipe)
    paths = [tmp_path / "a", tmp_path / "b"]
    path = ensemble_of(tmp_path / "both", paths, rule="majority")
    version, lines = export(path, tmp_path / "root")
    assert lines[0] == "loading 2 networks"
    described = json.loads(
        (version / saved_model.ASSETS / "model.json").read_text(encoding="utf-8")
    )
    assert described["ensemble"] == {"rule": "majority"}
    assert described["channels"] == ["T1", "T2"]
    assert len(described["members"]) == 2
    record = networks.record(networks.voxels())
    served = tf.saved_model.load(version).signatures["serve_examples"]
    found = served(examples=tf.constant([record]))["probabilities"].numpy()
    each = [
        predictor.load(one).predict_records([record])["probabilities"] for one in paths
    ]
    votes = np.eye(2)[np.argmax(each, axis=2)].sum(axis=0)
    np.testing.assert_allclose(found, (votes + np.mean(each, axis=0)) / 3, atol=1e-6)


def test_members_weigh_what_they_are_given(run):
    other = networks.run(run.path.with_name("other"), seed=1)
    members = [
        member.of_run(one, predictor.network_of(one), weight=weight)
        for one, weight in ((run, 3.0), (other, 1.0))
    ]
    served = ServedModel(run, members)
    record = networks.record(networks.voxels())
    found = served.of_examples({"examples": tf.constant([record])})["probabilities"]
    first, second = (
        predictor.load(one.path).predict_records([record])["probabilities"]
        for one in (run, other)
    )
    assert np.abs(first - second).max() > 0.01
    np.testing.assert_allclose(found, (3 * first + second) / 4, atol=1e-6)
