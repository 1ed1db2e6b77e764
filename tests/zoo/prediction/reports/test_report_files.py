import dataclasses
import subprocess
import sys

import numpy as np
import pydicom
import pytest
from highdicom import sr

from pipelines.errors import StudyError
from pipelines.ingestion import new_study
from pipelines.tasks import task as tasks
from tests.zoo.prediction.reports import phantom_studies, validators
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import report_files, study_images
from zoo.prediction.reports.report_files import Reports
from zoo.prediction.result_file import Prediction

TORN = StudyError(code="x", problem="it is torn", cure="Mend it", private="/secret")


@pytest.fixture
def prediction(study):
    directory, task = study
    outputs = phantom_studies.classes(0.25, 0.75, task=task)
    return phantom_studies.predicted(directory, task, outputs)


@pytest.fixture
def reports(prediction, tmp_path):
    return Reports(
        directory=tmp_path / "reports", facts=prediction[1], model=phantom_studies.MODEL
    )


def names(reports):
    return sorted(path.name for path in reports.directory.iterdir())


def test_a_document_and_a_picture_of_each_study(prediction, reports):
    first = prediction[0]
    second = dataclasses.replace(first, number=12, name="study 12")
    passed = list(reports.written([first, second]))
    assert [each.number for each in passed] == [1, 12]
    assert all(each.kept == () for each in passed)
    assert names(reports) == [
        *("study-1-picture.dcm", "study-1-report.dcm"),
        *("study-12-picture.dcm", "study-12-report.dcm"),
    ]
    assert not reports.failed
    report = sr.srread(reports.directory / "study-12-report.dcm")
    picture = pydicom.dcmread(reports.directory / "study-12-picture.dcm")
    assert report.StudyInstanceUID == picture.StudyInstanceUID
    assert report.PatientID == picture.PatientID
    assert report.SeriesInstanceUID != picture.SeriesInstanceUID


def test_a_study_that_was_not_predicted_has_none(reports):
    failed = Prediction(number=1, name="study 1", error=TORN)
    assert [each.error for each in reports.written([failed])] == [TORN]
    assert not reports.directory.exists() and not reports.failed


def test_what_is_there_is_not_overwritten(prediction, reports, capsys):
    reports.directory.mkdir()
    there = reports.directory / "study-1-picture.dcm"
    there.write_text("edited", encoding="utf-8")
    reports.write(prediction[0])
    assert names(reports) == ["study-1-picture.dcm"]
    assert there.read_text(encoding="utf-8") == "edited"
    reports.tell()
    assert capsys.readouterr().err == (
        "study 1: no report: study-1-picture.dcm exists, and is not overwritten. "
        "Choose another --sr\n"
    )


@pytest.mark.parametrize(
    ("part", "error", "said"),
    [
        ("picture", ZeroDivisionError("by 0"), "writing the report ended in ZeroDiv"),
        ("secondary_capture", OSError(28, "No space left on device"), "takes no more"),
    ],
)
def test_a_report_that_fails_sinks_no_other(
    prediction, reports, capsys, monkeypatch, part, error, said
):
    calls = []

    def breaks_once(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise error
        return works(*arguments)

    works = getattr(report_files, part)
    monkeypatch.setattr(report_files, part, breaks_once)
    second = dataclasses.replace(prediction[0], number=2, name="study 2")
    assert len(list(reports.written([prediction[0], second]))) == 2
    assert names(reports) == ["study-2-picture.dcm", "study-2-report.dcm"]
    assert [*reports.failed] == ["study 1"]
    reports.tell()
    assert said in capsys.readouterr().err


def test_a_half_written_report_is_none(prediction, reports, monkeypatch):
    def breaks(self, path, **options):
        if "picture" in path.name:
            path.write_bytes(b"half")
            raise OSError(5, "Input/output error")
        return save(self, path, **options)

    save = pydicom.Dataset.save_as
    monkeypatch.setattr(pydicom.Dataset, "save_as", breaks)
    reports.write(prediction[0])
    assert not names(reports) and "study 1" in reports.failed


def test_slices_that_could_not_be_taken_are_the_reason(prediction, reports):
    reports.write(dataclasses.replace(prediction[0], kept=(TORN,)))
    assert reports.failed == {"study 1": TORN}


def test_series_of_one_name_in_two_tasks_are_both_evidence(prediction, reports):
    (images,) = prediction[0].kept
    turned = {"T1WI": images.series["T2WI"], "T2WI": images.series["T2WI"]}
    other = dataclasses.replace(images, series=turned)
    first = dataclasses.replace(images, series={"T1WI": images.series["T1WI"]})
    reports.write(dataclasses.replace(prediction[0], kept=(first, other)))
    report = sr.srread(reports.directory / "study-1-report.dcm")
    series = {uid for _, uid, *_ in report.get_evidence()}
    assert series == {one.series_uid for one in images.series.values()}


def test_they_are_made_without_tensorflow():
    """The page's process makes them, and has little memory."""
    program = f"import sys, {report_files.__name__}; print('tensorflow' in sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8"
    )
    assert loaded.stdout == "False\n"


@pytest.mark.slow
def test_a_real_examination(shared_data, tmp_path):
    task = tasks.load("prostate_series")
    task = dataclasses.replace(
        task, grid=dataclasses.replace(task.grid, shape=(16, 48, 48))
    )
    facts = ModelFacts(name="run", task=task)
    reports = Reports(directory=tmp_path, facts=facts, model=phantom_studies.MODEL)
    count = len(task.target.classes)
    outputs = phantom_studies.classes(*np.full(count, 1 / count), task=task)
    directory = shared_data / "prostatex" / "ProstateX-0000"
    for number, record in enumerate(new_study.dicom_records(directory, task), 1):
        kept = study_images.of_record(record, facts)
        reports.write(
            Prediction(number=number, name=record.name, outputs=outputs, kept=(kept,))
        )
    assert not reports.failed
    made = [*tmp_path.iterdir()]
    assert len(made) == 18 and made[0].name.startswith("series-")
    wrong = [line for path in made for line in validators.errors(path)]
    assert not [line for line in wrong if line.startswith("Error")]
    assert {pydicom.dcmread(path).PatientID for path in made} == {"ProstateX-0000"}
