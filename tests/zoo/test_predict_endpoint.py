"""Studies by an endpoint get what they get by the run, and nothing else leaves."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import tensorflow as tf

from pipelines import command
from pipelines.phantoms import cohort, examination
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.tasks import task as tasks
from pipelines.tasks.target import Target
from tests.test_imports import ROOT
from tests.zoo.prediction import networks
from tests.zoo.results import assert_same, rows
from tests.zoo.serving import exported
from tests.zoo.serving.client import loaded, waits
from tests.zoo.serving.client.fake_servers import SERVERS, Model, RefusedError
from zoo import predict
from zoo.targets.standardisation import ColumnStatistics, Standards

PLAN = Plan(patients=5, sequences=("T2WI", "T1WI"), slices=(8, 9), matrix=(24, 28))
CELLS = ("61,M", "54,F", ",M", "49,", "70,F")
FAT = Target(kind="regression", columns=("fat",), name="fat")
STANDARDS = Standards(
    encoding=networks.STANDARDS.encoding,
    column_statistics=(ColumnStatistics(name="fat", mean=12.0, deviation=3.0),),
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The phantoms, without the T1WI of one; labels.csv has age and sex too."""
    path = cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)
    header, *lines = (path / "labels.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{line},{cells}" for line, cells in zip(lines, CELLS, strict=True)]
    (path / "labels.csv").write_text(
        "\n".join([f"{header},age,sex", *lines, ""]), encoding="utf-8"
    )
    last = sorted((path / "dicom").iterdir())[-1]
    for series in scan_dicom.scan(last).series:
        if "T1" in series.description.upper():
            for frame in series.frames:
                Path(frame.path).unlink()
    return path


@pytest.fixture(scope="module")
def task(source):
    whole = tasks.load(str(source / "task.toml"))
    optional = (
        dataclasses.replace(one, required=one.name == "T2WI") for one in whole.sequences
    )
    return dataclasses.replace(
        whole,
        grid=dataclasses.replace(whole.grid, shape=(16, 16, 16)),
        sequences=tuple(optional),
        covariates=("weight", "age", "sex"),
        covariate_levels={"sex": ("F", "M")},
        further_targets=(FAT,),
    )


@pytest.fixture(scope="module")
def run(task, tmp_path_factory):
    """Sees covariates and its channels turned round, of which a study may lack one."""
    recipe = dataclasses.replace(networks.SEES_COVARIATES, sequences=("T1WI", "T2WI"))
    path = tmp_path_factory.mktemp("run") / "run"
    return networks.run(path, task=task, recipe=recipe, standards=STANDARDS)


@pytest.fixture(scope="module")
def signatures(run, tmp_path_factory):
    directory = exported.written(run.path, tmp_path_factory.mktemp("root"))
    return loaded.signatures(directory)


@pytest.fixture
def model(signatures):
    return Model(dict(signatures))


@pytest.fixture(params=SERVERS)
def protocol(request):
    return request.param


def call(*arguments):
    return command.run(predict.main, [str(argument) for argument in arguments])


def ask(protocol, model, *arguments):
    with SERVERS[protocol](model) as port:
        where = ("--endpoint", f"{protocol}://localhost:{port}", "--model", "liver")
        return call(*where, *arguments)


def studies(source, *more):
    return ("--dicom", source / "dicom", "--covariates", source / "labels.csv", *more)


@pytest.mark.parametrize("signature", ["serve_examples", "serving_default"])
def test_the_same_numbers_as_by_the_run(
    run, source, model, protocol, signature, tmp_path, capsys
):
    by_run, by_endpoint = tmp_path / "run.csv", tmp_path / "endpoint.csv"
    ids = ("--with-ids", "--out")
    assert call(run.path, *studies(source, *ids, by_run)) == 0
    expected = capsys.readouterr().out.splitlines()
    more = ("--signature", signature, *ids, by_endpoint)
    assert ask(protocol, model, *studies(source, *more)) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == expected[:-1]
    assert_same(rows(by_endpoint), rows(by_run))
    probabilities = [float(row["prob:ring"]) for row in rows(by_run)]
    assert np.ptp(probabilities) > 0.01  # or equality would prove nothing
    assert model.asked[1:] == [(1, signature)] * 5


def test_json_names_the_model_and_the_version(run, source, model, protocol, tmp_path):
    by_run, by_endpoint = tmp_path / "run.json", tmp_path / "endpoint.json"
    assert call(run.path, *studies(source, "--out", by_run)) == 0
    more = ("--version", 2, "--out", by_endpoint)
    assert ask(protocol, model, *studies(source, *more)) == 0
    found = json.loads(by_endpoint.read_text(encoding="utf-8"))
    expected = json.loads(by_run.read_text(encoding="utf-8"))
    assert found.pop("model") == {"name": "liver", "version": 2}
    for result, wanted in zip(found["results"], expected["results"], strict=True):
        for one in (result, wanted):
            one |= {"fat": one.pop("further_targets")["fat"]["predictions"]["fat"]}
        assert result.pop("probabilities") == pytest.approx(
            wanted.pop("probabilities"), abs=1e-5
        )
        assert result.pop("fat") == pytest.approx(wanted.pop("fat"), rel=1e-5)
    assert found == expected


@pytest.mark.parametrize("signature", ["serve_examples", "serving_default"])
def test_nothing_that_names_a_patient_goes_over_the_wire(
    source, model, protocol, signature, tmp_path
):
    more = ("--signature", signature, "--with-ids", "--out", tmp_path / "r.csv")
    assert ask(protocol, model, *studies(source, *more)) == 0
    sent = b"".join(model.sent)
    private = [row["patient_id"] for row in rows(tmp_path / "r.csv")]
    for series in scan_dicom.scan(source / "dicom").series:
        private += [series.study_uid, series.series_uid]
    assert len(private) > 10 and len(sent) > 10000
    assert not [one for one in private if one.encode() in sent]
    assert str(source).encode() not in sent


def test_records_that_are_sent_hold_no_ids(source, model, signatures, protocol):
    records = []
    model.signatures["serve_examples"] = lambda inputs: (
        records.extend(inputs["examples"]) or signatures["serve_examples"](inputs)
    )
    assert ask(protocol, model, *studies(source)) == 0
    assert len(records) == 5
    for record in records:
        features = tf.train.Example.FromString(record).features.feature
        for name in ("sample_id", "study_id", "patient_id"):
            assert features[name].bytes_list.value == [b""]
        assert "target" not in features


def test_a_study_of_nifti_files(run, source, model, protocol, tmp_path):
    identity = examination.patient_id(PLAN, 1)
    path = tmp_path / "t2.nii.gz"
    for series in scan_dicom.scan(source / "dicom").series:
        wanted = series.patient_id == identity and series.plane == "axial"
        if wanted and "T2" in series.description.upper():
            sitk.WriteImage(scan_dicom.read_image(series), str(path))
    named = ("--nifti", f"T2WI={path}", "--covariates", "age=54", "sex=", "--out")
    assert call(run.path, *named, tmp_path / "run.csv") == 0
    assert ask(protocol, model, *named, tmp_path / "endpoint.csv") == 0
    assert_same(rows(tmp_path / "endpoint.csv"), rows(tmp_path / "run.csv"))


def test_a_broken_study_does_not_stop_the_others(source, model, protocol, tmp_path):
    damaged = shutil.copytree(source / "dicom", tmp_path / "dicom")
    first = sorted(damaged.iterdir())[0]
    for series in scan_dicom.scan(first).series:
        if "T2" in series.description.upper():
            Path(series.frames[len(series.frames) // 2].path).unlink()
    arguments = ("--dicom", damaged, "--covariates", source / "labels.csv")
    out = tmp_path / "r.csv"
    assert ask(protocol, model, *arguments, "--out", out) == 1
    assert [bool(row["error"]) for row in rows(out)] == [True] + [False] * 4
    assert str(tmp_path) not in out.read_text(encoding="utf-8")


def test_a_study_that_the_server_refuses_fails_alone(
    source, model, protocol, signatures, tmp_path, capsys
):
    answers = iter([RefusedError("INTERNAL", "secret of the server")])

    def breaks_once(inputs):
        for refused in answers:
            raise refused
        return signatures["serve_examples"](inputs)

    model.signatures["serve_examples"] = breaks_once
    out = tmp_path / "r.csv"
    assert ask(protocol, model, *studies(source, "--out", out)) == 1
    (error,) = [row["error"] for row in rows(out) if row["error"]]
    assert error.startswith("the endpoint failed on the request")
    assert "secret" not in out.read_text(encoding="utf-8")
    assert "[secret of the server]" in capsys.readouterr().out


def test_a_busy_endpoint_is_asked_again(
    source, model, protocol, signatures, monkeypatch
):
    noted = waits.noted(monkeypatch)
    refusals = [RefusedError("UNAVAILABLE", "busy")] * 2

    def busy_at_first(inputs):
        if refusals:
            raise refusals.pop()
        return signatures["serve_examples"](inputs)

    model.signatures["serve_examples"] = busy_at_first
    assert ask(protocol, model, *studies(source)) == 0
    assert len(noted) == 2


def test_it_is_said_when_no_version_is_stable(source, model, protocol, capsys):
    model.labels = {}
    assert ask(protocol, model, *studies(source)) == 0
    told = "no version of liver bears the label stable: the newest one answers, 2\n"
    assert told in capsys.readouterr().err


def test_a_token_of_the_environment_or_a_file(
    source, model, protocol, tmp_path, monkeypatch, capsys
):
    model.token = "a-word-that-opens"
    arguments = studies(source)
    assert ask(protocol, model, *arguments) == 1
    assert "asks for a token [" in capsys.readouterr().err
    monkeypatch.setenv("ZOO_TOKEN", "another")
    assert ask(protocol, model, *arguments) == 1
    assert "refuses the token [" in capsys.readouterr().err
    (tmp_path / "token").write_text(model.token, encoding="utf-8")
    assert ask(protocol, model, *arguments, "--token-file", tmp_path / "token") == 0
    monkeypatch.setenv("ZOO_TOKEN", model.token)
    out = tmp_path / "r.json"
    assert ask(protocol, model, *arguments, "--out", out) == 0
    shown = capsys.readouterr()
    assert model.token not in shown.out + shown.err + out.read_text(encoding="utf-8")


def test_what_does_not_fit_the_model_is_refused_before_a_study_is_sent(
    source, model, protocol, capsys
):
    assert ask(protocol, model, "--dicom", source / "dicom") == 2
    shown = capsys.readouterr().err
    assert "the network of liver at" in shown and "Give them by --covariates" in shown
    assert ask(protocol, model, "--nifti", "FLAIR=a", "--covariates", "age=") == 2
    assert ask(protocol, model, *studies(source, "--mask", "m")) == 2
    assert {name for _, name in model.asked} == {"describe"}


def test_all_folds_of_a_cross_validation_answer_by_their_mean(
    source, task, protocol, tmp_path
):
    plain = dataclasses.replace(
        task, covariates=(), covariate_levels={}, further_targets=()
    )
    path = networks.folds(tmp_path / "folds", task=plain)
    directory = exported.written(path, tmp_path / "root")
    model = Model(loaded.signatures(directory))
    studies = ("--dicom", source / "dicom", "--out")
    assert call(path, *studies, tmp_path / "run.csv") == 0
    assert ask(protocol, model, *studies, tmp_path / "endpoint.csv") == 0
    expected = [
        {name: cell for name, cell in row.items() if not name.startswith("fold_")}
        for row in rows(tmp_path / "run.csv")
    ]
    assert_same(rows(tmp_path / "endpoint.csv"), expected)


def test_by_http_and_records_tensorflow_is_not_loaded(source, model):
    code = (
        "import sys; from pipelines import command; from zoo import predict; "
        "code = command.run(predict.main); "
        "sys.exit(code or 'tensorflow' in sys.modules)"
    )
    with SERVERS["http"](model) as port:
        where = ("--endpoint", f"http://localhost:{port}", "--model", "liver")
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, (*where, *studies(source)))],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
        )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1 + 5
