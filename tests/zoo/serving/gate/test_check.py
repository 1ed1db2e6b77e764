"""Exported versions through the whole gate, in processes of their own."""

import shutil

import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import DataError, UsageError
from tests.zoo.prediction import networks
from tests.zoo.serving import exported
from tests.zoo.serving.gate import small_models
from tests.zoo.serving.gate.interpreters import SERVER_PYTHON
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.serving.exporting import warm_up
from zoo.serving.gate import check, comparison, loading

RECORDS = tuple(networks.record(networks.voxels(seed)) for seed in range(3))
SIGNATURES = ["describe", "features", "serve_examples", "serving_default"]


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    """An exported version of random weights."""
    return exported.model(tmp_path_factory.mktemp("served") / "root")


@pytest.fixture(scope="module")
def expected(version):
    """What the function behind `zoo.predict` says of the records."""
    run = exported.run_path(version.parents[1])
    return predictor.load(run).answer_records(RECORDS)


def held(version, expected, **settings):
    """The report on the version and the records."""
    return check.check(
        version,
        examples=RECORDS,
        volumes=decoded(RECORDS, networks.TASK, ()),
        expected=expected,
        **settings,
    )


def test_an_export_answers_as_its_run(version, expected):
    report = held(version, expected, python=SERVER_PYTHON)
    report.require_passed()
    assert report.not_run == ()
    assert len(report.runs) == 1 + (SERVER_PYTHON is not None)
    for run in report.runs:
        assert sorted(run.signatures) == SIGNATURES
        assert {
            key for key in run.largest_differences if key.startswith("serving_default")
        } == {f"serving_default/{name}" for name in expected}
        assert max(run.largest_differences.values()) <= 1e-5


def test_other_numbers_and_labels_are_refused(version, expected):
    wrong = dict(expected)
    wrong["probabilities"] = expected["probabilities"] + np.float32(1e-3)
    wrong["label"] = np.array(["other"] * len(RECORDS))
    report = held(version, wrong)
    shown = [str(refusal) for refusal in report.refusals]
    for signature in ("serving_default", "serve_examples"):
        for problem in ("probabilities", "label"):
            start = f"signature {signature}: its output {problem} of a batch of"
            assert any(line.startswith(start) for line in shown)
    with pytest.raises(DataError, match="can't serve .* as it should"):
        report.require_passed()


def test_any_model_is_asked_by_its_own_warm_up_requests(version):
    report = check.check(version)
    report.require_passed()
    assert report.not_run == ()
    assert dict(report.runs[0].signatures) == dict.fromkeys(SIGNATURES, 2)


def test_signatures_that_nothing_is_there_to_ask_by(tmp_path):
    report = check.check(small_models.doubled(tmp_path / "m"))
    report.require_passed()
    assert report.not_run == ("serving_default",)
    assert "not run, since it brings no warm-up requests: serving_d" in str(report)


def test_a_warm_up_request_that_fits_no_signature(version, tmp_path):
    directory = shutil.copytree(version, tmp_path / "copy")
    warm_up.write(
        directory / "assets.extra",
        name="small",
        signatures={"other": {"x": tf.TensorSpec([None, 2], tf.float32)}},
        task=networks.TASK,
        batch_sizes=(1,),
    )
    with pytest.raises(DataError, match="signature other: a warm-up request asks for"):
        check.check(directory).require_passed()


def test_what_the_file_has_refused_is_not_loaded(tmp_path, monkeypatch):
    def load(*arguments, **settings):
        raise AssertionError

    monkeypatch.setattr(loading, "load", load)
    directory = small_models.with_operation(tmp_path / "m", "DoubleOfNobody")
    report = check.check(directory)
    assert not report.passed
    assert report.runs == ()


def test_another_tensorflow_than_the_servers(version, monkeypatch):
    monkeypatch.setattr(check.folder, "server_version", lambda: "1.15.0")
    with pytest.raises(UsageError, match=r"pinned server is 1\.15\.0: install tensor"):
        check.check(version, python=SERVER_PYTHON or loading.sys.executable)


def test_unequal_numbers_of_samples(version, expected):
    with pytest.raises(UsageError, match="equally many. Received: {'examples': 1"):
        check.check(version, examples=RECORDS[:1], expected=expected)


def test_a_batch_is_the_first_size_of_the_inputs():
    request = loading.Request(signature="s", inputs={"x": np.zeros((3, 1))})
    assert comparison.batch_of(request) == 3
