"""An ensemble of several tasks by an endpoint predicts what it predicts by itself."""

import contextlib
import dataclasses
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines import command
from pipelines.phantoms import cohort, examination
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.tasks import task as tasks
from pipelines.tasks.target import Target
from tests.test_imports import ROOT
from tests.zoo.ensembling import several_tasks
from tests.zoo.results import rows
from tests.zoo.serving.client import loaded
from tests.zoo.serving.client.fake_servers import SERVERS, Model
from tests.zoo.serving.endpoint import endpoints
from tests.zoo.serving.gate import in_process
from tests.zoo.serving.page import pages
from zoo import export, predict
from zoo.targets.standardisation import ColumnStatistics, Standards

PLAN = Plan(patients=4, sequences=("T2WI", "T1WI"), slices=(8, 9), matrix=(24, 28))
FAT = Target(kind="regression", columns=("fat",), name="fat")
STANDARDS = Standards(
    column_statistics=(ColumnStatistics(name="fat", mean=12.0, deviation=3.0),)
)
LACKING = {"T1WI": (2, 4), "T2WI": (3, 4)}  # the numbers of studies, from 1


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Phantoms of which the second lacks T1WI, the third T2WI, the last one both."""
    path = cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)
    for number, folder in enumerate(sorted((path / "dicom").iterdir()), 1):
        for series in scan_dicom.scan(folder).series:
            for sequence, numbers in LACKING.items():
                named = sequence[:2] in series.description.upper()
                if named and number in numbers:
                    for frame in series.frames:
                        Path(frame.path).unlink()
    return path


@pytest.fixture(scope="module")
def ensemble(source, tmp_path_factory):
    """A network for each of the sequences, whose tasks have the same name."""
    folder = tmp_path_factory.mktemp("members")
    whole = tasks.load(str(source / "task.toml"))
    grid = dataclasses.replace(whole.grid, shape=(16, 16, 16))
    return several_tasks.of_sequences(
        folder,
        dataclasses.replace(whole, grid=grid, further_targets=(FAT,)),
        standards=STANDARDS,
        name="brain",
    )


@pytest.fixture(scope="module")
def version(ensemble):
    """The ensemble as `zoo.export` writes it."""
    root = ensemble.with_name("root")
    with in_process.gate():
        assert call(export.main, ensemble, "--name", "brain", "--to", root) == 0
    return root / "brain" / "1"


@pytest.fixture(scope="module")
def signatures(version):
    return loaded.signatures(version)


@pytest.fixture(scope="module")
def by_itself(ensemble, source):
    """The result of `zoo.predict ENSEMBLE`, and what it printed."""
    out, printed, told = ensemble.with_name("here.csv"), io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(told):
        more = ("--dicom", source / "dicom", "--with-ids", "--out", out)
        assert call(predict.main, ensemble, *more) == 1
    return rows(out), printed.getvalue(), told.getvalue()


@pytest.fixture
def model(signatures):
    return Model(dict(signatures), name="brain", versions=(1,))


@pytest.fixture(params=SERVERS)
def protocol(request):
    return request.param


def call(main, *arguments):
    return command.run(main, [str(argument) for argument in arguments])


def ask(protocol, model, *arguments):
    with SERVERS[protocol](model) as port:
        where = ("--endpoint", f"{protocol}://localhost:{port}", "--model", "brain")
        return call(predict.main, *where, *arguments)


def assert_same(found, expected):
    """Cell by cell: numbers to 1e-5, empty ones and texts as they are."""
    assert [[*row] for row in found] == [[*row] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        for name, cell in row.items():
            if ("prob:" in name or "pred:" in name) and wanted[name]:
                number = pytest.approx(float(wanted[name]), abs=1e-5, rel=1e-5)
                assert float(cell) == number
            else:
                assert cell == wanted[name]


def told(err):
    """What a user is told of abstentions."""
    return [line for line in err.splitlines() if "abstain" in line or "judged" in line]


def test_the_same_numbers_columns_and_messages_as_by_the_ensemble(
    by_itself, source, model, protocol, tmp_path, capsys
):
    expected, printed, error = by_itself
    there = tmp_path / "there.csv"
    more = ("--dicom", source / "dicom", "--with-ids", "--out", there)
    capsys.readouterr()
    assert ask(protocol, model, *more) == 1
    found = capsys.readouterr()
    assert found.out.splitlines()[:-1] == printed.splitlines()[:-1]
    assert (
        told(found.err)
        == told(error)
        == [
            "judged by no member, for want of a sequence: 1 of 4",
            "study 2: t1wi abstains: the study lacks a sequence",
            "study 3: t2wi abstains: the study lacks a sequence",
        ]
    )
    assert_same(rows(there), expected)
    first, second, third, last = expected
    assert last["error"] and not first["error"]
    name = next(column for column in first if column.startswith("prob:"))
    assert second[name] == second[f"member_t2wi.{name}"]
    assert third[name] == third[f"member_t1wi.{name}"]
    shares = [float(first[f"member_{each}.{name}"]) for each in ("t1wi", "t2wi")]
    assert abs(shares[0] - shares[1]) > 1e-3  # or equality would prove nothing
    assert float(first[name]) == pytest.approx(np.dot(shares, [0.3, 0.7]), abs=1e-5)
    assert model.asked == [(1, "describe")] + [(1, "serve_examples")] * 3


def test_json_has_the_members_that_vote(by_itself, source, model, tmp_path):
    out = tmp_path / "r.json"
    assert ask("http", model, "--dicom", source / "dicom", "--out", out) == 1
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["model"] == {"name": "brain", "version": 1}
    voted = [["t1wi", "t2wi"], ["t2wi"], ["t1wi"], []]
    assert [[*one.get("members", ())] for one in content["results"]] == voted
    expected, _, _ = by_itself
    for result, row in zip(content["results"], expected, strict=True):
        for member, said in result.get("members", {}).items():
            assert said["class"] == row[f"member_{member}.class"]
            fat = said["further_targets"]["fat"]["predictions"]["fat"]
            wanted = float(row[f"member_{member}.fat.pred:fat"])
            assert fat == pytest.approx(wanted, rel=1e-5)
            for name, share in said["probabilities"].items():
                wanted = float(row[f"member_{member}.prob:{name}"])
                assert share == pytest.approx(wanted, abs=1e-5)


def test_one_sequence_as_a_file_asks_the_members_that_see_it(
    ensemble, source, model, tmp_path
):
    path = tmp_path / "t2.nii.gz"
    identity = examination.patient_id(PLAN, 1)
    for series in scan_dicom.scan(source / "dicom").series:
        wanted = series.patient_id == identity and series.plane == "axial"
        if wanted and "T2" in series.description.upper():
            sitk.WriteImage(scan_dicom.read_image(series), str(path))
    more = ("--nifti", f"T2WI={path}", "--out")
    assert call(predict.main, ensemble, *more, tmp_path / "here.csv") == 0
    assert ask("grpc", model, *more, tmp_path / "there.csv") == 0
    assert_same(rows(tmp_path / "there.csv"), rows(tmp_path / "here.csv"))
    (row,) = rows(tmp_path / "there.csv")
    assert row["member_t1wi.class"] == "" and row["member_t2wi.class"] == row["class"]


def test_nothing_that_names_a_patient_goes_over_the_wire(
    source, model, protocol, tmp_path
):
    more = ("--dicom", source / "dicom", "--with-ids", "--out", tmp_path / "r.csv")
    assert ask(protocol, model, *more) == 1
    sent = b"".join(model.sent)
    private = [row["patient_id"] for row in rows(tmp_path / "r.csv")]
    for series in scan_dicom.scan(source / "dicom").series:
        private += [series.study_uid, series.series_uid]
    assert len(private) > 8 and len(sent) > 10000
    assert not [one for one in private if one.encode() in sent]
    assert str(source).encode() not in sent


def test_volumes_are_refused_before_a_study_is_sent(source, model, protocol, capsys):
    more = ("--dicom", source / "dicom", "--signature", "serving_default")
    assert ask(protocol, model, *more) == 2
    assert "it takes records alone. Leave --signature" in capsys.readouterr().err
    assert {name for _, name in model.asked} == {"describe"}


@pytest.mark.slow
def test_by_http_tensorflow_is_not_loaded(source, model):
    code = (
        "import sys; from pipelines import command; from zoo import predict; "
        "code = command.run(predict.main); "
        "sys.exit(10 * code + ('tensorflow' in sys.modules))"
    )
    with SERVERS["http"](model) as port:
        where = ("--endpoint", f"http://localhost:{port}", "--model", "brain")
        done = subprocess.run(
            [sys.executable, "-c", code, *where, "--dicom", str(source / "dicom")],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
        )
    assert done.returncode == 10, done.stderr  # one study has no sequence


@pytest.mark.slow
def test_the_embedded_endpoint_in_batches(by_itself, version, source, tmp_path):
    """A process of its own, which warms up, forms batches and loads with XLA off."""
    configured = tmp_path / "models.config"
    endpoints.config(configured, version.parent, labels={"stable": 1}, name="brain")
    more = ("--dicom", source / "dicom", "--with-ids", "--out")
    options = [f"--model_config_file={configured}", "--enable_batching=true"]
    options.append(
        f"--batching_parameters_file={version.parents[1] / 'batching.config'}"
    )
    options.append("--allow_version_labels_for_unavailable_models=true")
    with endpoints.started(*options) as endpoint:
        for scheme, address in (("grpc", endpoint.grpc), ("http", endpoint.rest)):
            out = tmp_path / f"{scheme}.csv"
            where = ("--endpoint", f"{scheme}://{address}", "--model", "brain")
            assert call(predict.main, *where, *more, out) == 1
            assert_same(rows(out), by_itself[0])


def test_the_page_says_the_same(version, by_itself, source):
    with pages.page_port(pages.served(version.parents[1], "brain")) as port:
        files = pages.folder_files(source / "dicom")
        answer = pages.upload(port, files, model="brain").head
    columns, results = answer["columns"], answer["results"]
    found = [dict(zip(columns, each["cells"], strict=True)) for each in results]
    without_ids = [
        {name.lstrip("\ufeff"): cell for name, cell in row.items() if "_id" not in name}
        for row in by_itself[0]
    ]
    assert_same(found, without_ids)
    shown = [[each["name"] for each in result["sequences"]] for result in results]
    assert shown == [["T1WI", "T2WI"], ["T2WI"], ["T1WI"], []]
