"""The page's numbers are those of `zoo.predict`, and nothing of a study stays."""

import errno
import http.client
import io
import json
import time
import zipfile

import numpy as np
import pytest

from pipelines import command
from pipelines.ingestion import new_study
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.records.decode import parser
from tests.zoo.results import rows
from tests.zoo.serving.endpoint.recorded_models import recorded_models
from tests.zoo.serving.page import pages
from zoo import predict
from zoo.serving.page import api
from zoo.serving.page.limits import PageLimits


def by_predict(run, out, *arguments):
    """The rows of `zoo.predict RUN`."""
    called = [str(each) for each in (run.path, *arguments, "--out", out)]
    assert command.run(predict.main, called) == 0
    mark = "\ufeff"  # of UTF-8, which the file begins with
    return [
        {name.lstrip(mark): cell for name, cell in row.items()} for row in rows(out)
    ]


def assert_same(answer, expected):
    """The page's rows are those, numbers to 1e-5."""
    columns, results = answer.head["columns"], answer.head["results"]
    found = [dict(zip(columns, each["cells"], strict=True)) for each in results]
    assert [[*row] for row in found] == [[*row] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        for name, cell in row.items():
            if name.startswith("prob:"):
                assert float(cell) == pytest.approx(float(wanted[name]), abs=1e-5)
            else:
                assert cell == wanted[name]


def test_a_dicom_folder_gets_the_numbers_of_the_run(port, run, source, tmp_path):
    expected = by_predict(run, tmp_path / "r.csv", "--dicom", source / "dicom")
    answer = pages.upload(port, pages.folder_files(source / "dicom"))
    assert answer.status == 200, answer.body[:300]
    assert_same(answer, expected)
    assert len(expected) == 2
    assert expected[0]["prob:实性"] != expected[1]["prob:实性"]
    assert not pages.left_over()


def test_a_zip_file_likewise(port, run, source, tmp_path):
    expected = by_predict(run, tmp_path / "r.csv", "--dicom", source / "dicom")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pages.folder_files(source / "dicom").items():
            archive.writestr(name, content)
        archive.writestr("__MACOSX/._x", b"clutter")
    answer = pages.upload(port, {"cohort.zip": packed.getvalue()})
    assert_same(answer, expected)


def test_nifti_files_likewise(port, run, nifti, tmp_path):
    named = [f"{name}={path}" for name, path in nifti.items()]
    expected = by_predict(run, tmp_path / "r.csv", "--nifti", *named)
    files = {path.name: path.read_bytes() for path in nifti.values()}
    sequences = {name: {"file": path.name} for name, path in nifti.items()}
    answer = pages.upload(port, files, sequences=sequences)
    assert_same(answer, expected)


def test_which_file_is_what_is_asked_for_with_a_proposal(port, nifti):
    names = [path.name for path in nifti.values()]
    proposed = {name: path.name for name, path in nifti.items()}
    asked = {"model": "small", "version": 1, "files": names}
    answer = pages.ask(
        port, "POST", "/page/api/proposal", json.dumps(asked), pages.JSON
    )
    assert answer.json == {
        "form": "nifti",
        "files": names,
        "sequences": proposed,
        "mask": None,
        "b_values": False,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in nifti.values():
            archive.writestr(path.name, path.read_bytes())
    refused = pages.upload(port, {"visit.zip": packed.getvalue()})
    assert (refused.status, refused.error) == (422, "which_files")
    assert refused.json["sequences"] == proposed
    sequences = {name: {"file": file} for name, file in proposed.items()}
    answer = pages.upload(port, {"v.zip": packed.getvalue()}, sequences=sequences)
    assert answer.status == 200


def test_the_voxels_are_those_of_the_record(port, task, patient):
    answer = pages.upload(port, pages.folder_files(patient))
    (result,) = answer.head["results"]
    (made,) = new_study.dicom_records(patient, task)
    volume = parser(task, require_target=False)(made.record)["volume"].numpy()
    assert [each["name"] for each in result["sequences"]] == ["T2WI", "T1WI"]
    for place, sequence in enumerate(result["sequences"]):
        assert sequence["shape"] == [8, 12, 16]
        np.testing.assert_array_equal(answer.volume(sequence), volume[..., place])
    assert np.ptp(volume[..., 0]) > 0


def test_a_sequence_that_a_study_lacks_is_said_to_be_absent(port, nifti):
    files = {"t2.nii.gz": nifti["T2WI"].read_bytes()}
    sequences = {"T2WI": {"file": "t2.nii.gz"}}
    answer = pages.upload(port, files, sequences=sequences)
    (result,) = answer.head["results"]
    there = {each["name"]: each["present"] for each in result["sequences"]}
    assert there == {"T2WI": True, "T1WI": False}


def test_no_id_and_no_path_of_the_server_is_told(port, source, patient):
    answer = pages.upload(port, pages.folder_files(source / "dicom"))
    told = json.dumps(answer.head)
    for series in scan_dicom.scan(source / "dicom").series:
        for private in (series.study_uid, series.series_uid):
            assert private not in told
    assert "zoo-page-" not in told
    (first, second) = answer.head["results"]
    assert first["folder"].startswith(f"dicom/{patient.name}")
    assert second["folder"] != first["folder"]


def test_a_broken_study_is_an_answer_with_its_cure(port, nifti):
    files = {"t2.nii": b"\x00" * 400}
    answer = pages.upload(port, files, sequences={"T2WI": {"file": "t2.nii"}})
    assert answer.status == 200
    (result,) = answer.head["results"]
    assert "Copy or convert the file anew" in result["result"]["error"]
    assert result["sequences"] == []
    assert not pages.left_over()


def test_files_that_are_no_images(port):
    answer = pages.upload(port, {"letter/a.bin": b"Dear colleague", "b.bin": b""})
    assert (answer.status, answer.error) == (422, "no_study")
    assert "no DICOM images below what was dropped" in answer.json["error"]["message"]


def test_the_models_and_what_they_say_of_themselves(port, models):
    answer = pages.ask(port, "GET", "/page/api/models")
    (model,) = answer.json["models"]
    assert (model["name"], model["version"]) == ("small", 1)
    assert model["sequences"] == [
        {"name": "T2WI", "required": True},
        {"name": "T1WI", "required": False},
    ]
    assert model["targets"][0]["names"] == ["Größe <b>", "实性"]
    assert model["model"]["use"] == "for research use; not a medical device"
    assert answer.json["limits"]["files"] == 20000


def test_a_model_that_does_not_describe_itself_is_said_to_be_such():
    with pages.page_port(recorded_models()) as port:
        answer = pages.ask(port, "GET", "/page/api/models").json
    assert answer["models"] == []
    assert all(
        "can't be asked by the page" in each["message"] for each in answer["others"]
    )


def test_a_full_disk_is_said_to_be_full(port, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(api.Upload, "files", full)
    answer = pages.upload(port, {"a": b"x"})
    assert (answer.status, answer.error) == (507, "no_room")
    assert not pages.left_over()


def test_more_uploads_than_may_be_under_way(models):
    with pages.page_port(models, limits=PageLimits(at_once=1)) as port:
        begun = http.client.HTTPConnection("127.0.0.1", port)
        begun.putrequest("POST", "/page/api/studies")
        begun.putheader("Content-Type", "application/octet-stream")
        begun.putheader("Content-Length", "1000")
        begun.endheaders(b"\x10\x00")
        while not pages.left_over():
            time.sleep(0.01)
        answer = pages.upload(port, {"a": b"x"})
        assert (answer.status, answer.error) == (503, "busy")
        begun.close()  # whoever goes away leaves nothing, and makes room
        while pages.left_over():
            time.sleep(0.01)
        assert pages.upload(port, {"a": b"x"}).error == "no_study"


def test_an_upload_that_stops_arriving_is_given_up(models):
    with pages.page_port(models, limits=PageLimits(idle_s=0.2)) as port:
        body = pages.body_of({"a": b"xx"}, pages.manifest({"a": b"xx"}))[:-1]
        headers = {**pages.BINARY, "Content-Length": str(len(body) + 1)}
        answer = pages.ask(port, "POST", "/page/api/studies", body, headers)
        assert (answer.status, answer.error) == (408, "slow_upload")


def test_a_model_or_version_that_is_not_there(port):
    for named in ({"model": "other"}, {"version": 7}):
        answer = pages.upload(port, {"a": b"x"}, **named)
        assert (answer.status, answer.error) == (404, "no_model")
