"""Reports of the page are those of `zoo.predict --sr`, made where files are read."""

import io
import shutil
import subprocess
import sys

import numpy as np
import pydicom

from pipelines import command
from tests.zoo.prediction.reports import phantom_studies, validators
from tests.zoo.serving.page import dying, pages
from zoo import predict
from zoo.serving.page import dicom_reports
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.worker import Worker

PARTS = {"document": "report", "picture": "picture"}
_OF_ITS_OWN = {
    "SOPInstanceUID",
    "SeriesInstanceUID",
    *("SeriesDate", "ContentDate", "InstanceCreationDate", "DateOfSecondaryCapture"),
    *("SeriesTime", "ContentTime", "InstanceCreationTime", "TimeOfSecondaryCapture"),
    "ContributionDateTime",
    "MediaStorageSOPInstanceUID",
    "FileMetaInformationGroupLength",  # a UID may have a digit less
}
_CLOSING_ROWS = 100  # of the picture: the line that says when it was made


def written(answer, folder):
    """The files of every report of an answer, by the number of the study and name."""
    folder.mkdir()
    paths = {}
    for result in answer.head["results"]:
        for part, end in PARTS.items():
            path = folder / f"study-{result['result']['number']}-{end}.dcm"
            path.write_bytes(answer.file(result["report"][part]))
            paths[path.name] = path
    return paths


def by_predict(port, source, folder):
    """The files of `zoo.predict --endpoint --sr`, by the endpoint that has the page."""
    where = ["--endpoint", f"http://localhost:{port}", "--model", "small"]
    more = ["--dicom", str(source), "--sr", str(folder)]
    assert command.run(predict.main, where + more) == 0
    return {path.name: path for path in folder.iterdir()}


def content(path):
    """All that a file says, but when it was made and its own UIDs."""
    dataset = pydicom.dcmread(path)
    for part in (dataset, dataset.file_meta, *dataset.ContributingEquipmentSequence):
        for keyword in _OF_ITS_OWN & {*part.dir()}:
            delattr(part, keyword)
    if "PixelData" in dataset:
        rows, columns = dataset.Rows, dataset.Columns
        pixels = np.frombuffer(dataset.PixelData, np.uint8, rows * columns * 3)
        dataset.PixelData = pixels.reshape(rows, -1)[:-_CLOSING_ROWS].tobytes()
    return dataset.to_json_dict(), dataset.file_meta.to_json_dict()


def test_they_say_what_zoo_predict_says(port, source, tmp_path):
    files = pages.folder_files(source / "dicom")
    made = written(pages.upload(port, files, reports=True), tmp_path / "page")
    expected = by_predict(port, source / "dicom", tmp_path / "predict")
    assert {*made} == {*expected} and len(made) == 4
    for name, path in made.items():
        assert content(path) == content(expected[name])
        assert not validators.errors(path)
    report = str(content(made["study-2-report.dcm"]))
    assert "served as small, version 1" in report and "实性" in report
    assert "SHA-256 of the model file" in report
    assert not pages.left_over()


def test_none_is_made_that_nobody_asked_for(port, patient, nifti):
    answer = pages.upload(port, pages.folder_files(patient))
    (result,) = answer.head["results"]
    assert result["report"] is None
    assert b"Patient" not in answer.body
    files = {"t2.nii": b"\x00" * 400}
    named = {"sequences": {"T2WI": {"file": "t2.nii"}}, "reports": True}
    (failed,) = pages.upload(port, files, **named).head["results"]
    assert "error" in failed["result"] and failed["report"] is None
    sent = pages.manifest(files, reports=1)
    answer = pages.ask(
        port,
        "POST",
        "/page/api/studies",
        pages.body_of(files, sent),
        pages.BINARY,
    )
    assert answer.error == "bad_manifest"


def test_nifti_files_do_not_say_whose_they_are(port, nifti):
    files = {path.name: path.read_bytes() for path in nifti.values()}
    sequences = {name: {"file": path.name} for name, path in nifti.items()}
    for reports in (False, True):
        answer = pages.upload(port, files, sequences=sequences, reports=reports)
        (result,) = answer.head["results"]
        assert "class" in result["result"]
        assert result["report"] == {"error": dicom_reports.OF_NIFTI}


def test_images_without_uids_have_an_answer_alone(port, patient, tmp_path):
    def nameless(image):
        del image.SOPInstanceUID
        image.PatientName = "Secret"

    folder = shutil.copytree(patient, tmp_path / "study")
    phantom_studies.alter(folder, nameless)
    answer = pages.upload(port, pages.folder_files(folder), reports=True)
    (result,) = answer.head["results"]
    assert "class" in result["result"]
    assert "an image has no valid SOPInstanceUID" in result["report"]["error"]
    assert b"Secret" not in answer.body


def test_a_death_of_the_process_leaves_the_answer(port, patient, monkeypatch):
    files = pages.folder_files(patient)
    monkeypatch.setattr(dicom_reports, "make", dying.die)
    (result,) = pages.upload(port, files, reports=True).head["results"]
    assert "class" in result["result"]
    assert result["report"] == {"error": dicom_reports.NOT_ENDED}
    assert not pages.left_over()
    monkeypatch.undo()
    (result,) = pages.upload(port, files, reports=True).head["results"]
    assert {*result["report"]} == {*PARTS}


def test_studies_beyond_the_bound_have_none(study):
    directory, task = study
    outputs = phantom_studies.classes(0.25, 0.75, task=task)
    prediction, facts = phantom_studies.predicted(directory, task, outputs)
    one = (prediction, facts, phantom_studies.MODEL)
    (report,) = dicom_reports.make([prediction], *one[1:], PageLimits())
    size = len(report.document) + len(report.picture)
    limits = PageLimits(report_bytes=size + 100)
    made = dicom_reports.make([prediction, prediction], *one[1:], limits)
    assert pydicom.dcmread(io.BytesIO(made[0].picture)).Columns == 1000
    assert "Drop fewer studies" in made[1].error and not made[1].picture


LOADED = (
    "[name for name in ('tensorflow', 'keras', 'highdicom') "
    "if name in __import__('sys').modules]"
)


def test_they_are_made_in_the_process_that_reads_files(study):
    """It has little memory, and no TensorFlow; and the server has no reader of SR."""
    directory, task = study
    outputs = phantom_studies.classes(0.25, 0.75, task=task)
    prediction, facts = phantom_studies.predicted(directory, task, outputs)
    worker = Worker(PageLimits(memory_bytes=2**30))
    try:
        made = worker.run(
            dicom_reports.make,
            [prediction],
            facts,
            phantom_studies.MODEL,
            PageLimits(),
        )
        there = worker.run(eval, LOADED)
    finally:
        worker.close()
    assert made[0].document and there == ["highdicom"]
    program = (
        f"import sys, {dicom_reports.__name__}; "
        "print([m for m in ('pydicom', 'highdicom') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8"
    )
    assert done.stdout == "[]\n"
