"""A real examination: its DICOM by the run and by an endpoint, with the same numbers.

The runs have random weights; they are served by `zoo.serve` in a process of its own.
"""

import contextlib
import dataclasses
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time

import numpy as np
import pytest

from pipelines import command
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.tasks import task as tasks
from pipelines.tasks.target import Target
from tests.test_imports import ROOT
from tests.zoo.prediction import networks
from tests.zoo.results import assert_same, rows
from tests.zoo.serving import exported
from tests.zoo.serving.client import certificate_files
from zoo import export, predict
from zoo.recipes.recipe import Recipe
from zoo.serving.model_root import registration
from zoo.targets.standardisation import NOTHING, ColumnStatistics, Standards

SHAPE = (16, 48, 48)
SIGNATURES = ("serve_examples", "serving_default")
TOKEN = "a-token-of-this-test-alone"


@pytest.fixture(scope="module")
def dicom(shared_data):
    return shared_data / "prostatex" / "ProstateX-0000"


def of_series():
    """Every series of the examination by itself."""
    task = tasks.load("prostate_series")
    return dataclasses.replace(task, grid=dataclasses.replace(task.grid, shape=SHAPE))


def of_study():
    """The examination as channels, of which it lacks one."""
    task = of_series()
    rules = {sequence.name: sequence for sequence in task.sequences}
    lacking = dataclasses.replace(
        rules["T2WI_axial"].match, description="no such words"
    )
    return dataclasses.replace(
        task,
        unit="study",
        sequences=(
            rules["T2WI_axial"],
            rules["DWI_high"],
            dataclasses.replace(
                rules["PD"], name="contrast", required=False, match=lacking
            ),
            rules["ADC"],
        ),
        target=Target(classes=("benign", "significant")),
        further_targets=(Target(kind="regression", columns=("psa",), name="psa"),),
    )


RECIPES = {
    "series": Recipe(arch="cnn3d"),
    "study": Recipe(arch="cnn3d", sequences=("ADC", "T2WI_axial", "contrast")),
}
STANDARDS = {
    "series": NOTHING,
    "study": Standards(
        column_statistics=(ColumnStatistics(name="psa", mean=7.0, deviation=5.0),)
    ),
}
TASKS = {"series": of_series, "study": of_study}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return {
        name: networks.run(
            folder / name,
            task=TASKS[name](),
            recipe=recipe,
            standards=STANDARDS[name],
        )
        for name, recipe in RECIPES.items()
    }


@pytest.fixture(scope="module")
def root(runs, tmp_path_factory):
    """A model root as `zoo.export` makes it; the second model without the gate."""
    root = tmp_path_factory.mktemp("root") / "saved_models"
    study, series = runs["study"].path, runs["series"].path
    assert call(export.main, study, "--name", "study", "--to", root) == 0
    exported.written(series, root, name="series")
    registration.register(root, "series", 1)
    return root


@pytest.fixture(scope="module")
def endpoints(root):
    """Where each protocol is served, by its scheme."""
    with served(root) as ports:
        yield {name: f"{name}://localhost:{port}" for name, port in ports.items()}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return certificate_files.make(tmp_path_factory.mktemp("certificates"))


@contextlib.contextmanager
def served(root, *options, ca_file=None, token=None):
    """`zoo.serve` in a process until the block ends; gives the ports."""
    ports = {"grpc": free_port(), "http": free_port()}
    arguments = ["--root", root, "--with", "embedded", "--port", ports["grpc"]]
    arguments += ["--rest-port", ports["http"], *options]
    with subprocess.Popen(
        [sys.executable, "-m", "zoo.serve", *map(str, arguments)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        try:
            await_models(process, ports["http"], ca_file, token)
            yield ports
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def await_models(process, port, ca_file, token):
    end = time.monotonic() + 120
    while not all(is_ready(name, port, ca_file, token) for name in RECIPES):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            pytest.fail(f"zoo.serve does not serve: {process.communicate()[0]}")
        time.sleep(0.2)


def is_ready(name, port, ca_file, token):
    if ca_file is None:
        connection = http.client.HTTPConnection("localhost", port, timeout=5)
    else:
        context = ssl.create_default_context(cafile=ca_file)
        connection = http.client.HTTPSConnection(
            "localhost", port, timeout=5, context=context
        )
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    with contextlib.closing(connection), contextlib.suppress(OSError):
        connection.request("GET", f"/v1/models/{name}", headers=headers)
        return b"AVAILABLE" in connection.getresponse().read()
    return False


def call(main, *arguments):
    return command.run(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("name", RECIPES)
def test_a_real_examination_gets_the_same_numbers(
    name, runs, endpoints, dicom, tmp_path, capsys
):
    outs = ("--dicom", dicom, "--with-ids", "--out")
    assert call(predict.main, runs[name].path, *outs, tmp_path / "run.csv") == 0
    shown = capsys.readouterr().out.splitlines()
    expected = rows(tmp_path / "run.csv")
    assert len(expected) == {"series": 9, "study": 1}[name]
    for protocol, address in endpoints.items():
        for signature in SIGNATURES:
            asked = ("--endpoint", address, "--model", name, "--signature", signature)
            out = tmp_path / f"{protocol}-{signature}.csv"
            assert call(predict.main, *asked, *outs, out) == 0
            assert_same(rows(out), expected)
            assert capsys.readouterr().out.splitlines()[:-1] == shown[:-1]


def test_series_of_the_examination_differ(runs, dicom, tmp_path):
    """Or the same numbers would prove little."""
    out = tmp_path / "run.csv"
    assert call(predict.main, runs["series"].path, "--dicom", dicom, "--out", out) == 0
    shares = [float(row["prob:T2WI_axial"]) for row in rows(out)]
    assert np.ptp(shares) > 0.01


def test_the_result_names_the_version_that_bears_the_label(endpoints, dicom, tmp_path):
    for protocol, address in endpoints.items():
        out = tmp_path / f"{protocol}.json"
        asked = ("--endpoint", address, "--model", "study", "--label", "stable")
        assert call(predict.main, *asked, "--dicom", dicom, "--out", out) == 0
        text = out.read_text(encoding="utf-8")
        assert json.loads(text)["model"] == {"name": "study", "version": 1}
        for series in scan_dicom.scan(dicom).series:
            for private in (series.patient_id, series.study_uid, series.series_uid):
                assert private not in text


@pytest.mark.slow
def test_over_tls_with_a_token(
    root, runs, dicom, certificates, tmp_path, monkeypatch, capsys
):
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    options = ("--token-file", tmp_path / "token")
    options += ("--ssl-certificate", certificates.local)
    options += ("--ssl-key", certificates.local_key)
    by_run = tmp_path / "run.csv"
    outs = ("--dicom", dicom, "--out")
    assert call(predict.main, runs["study"].path, *outs, by_run) == 0
    with served(root, *options, ca_file=certificates.ca, token=TOKEN) as ports:
        for protocol, port in ports.items():
            asked = ("--endpoint", f"{protocol}s://localhost:{port}")
            asked += ("--model", "study")
            out = tmp_path / f"{protocol}.csv"
            assert call(predict.main, *asked, *outs, out) == 1
            assert "--ca-file" in capsys.readouterr().err
            asked += ("--ca-file", certificates.ca)
            assert call(predict.main, *asked, *outs, out) == 1
            assert "asks for a token" in capsys.readouterr().err
            assert call(predict.main, *asked, *options[:2], *outs, out) == 0
            assert_same(rows(out), rows(by_run))
            plain = ("--endpoint", f"{protocol}://localhost:{port}", *asked[2:4])
            assert call(predict.main, *plain, *outs, tmp_path / "plain.csv") == 1
            assert "speaks TLS" in capsys.readouterr().err
