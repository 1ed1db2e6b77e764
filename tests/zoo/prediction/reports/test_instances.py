"""Whose a report is, whatever the source says, and its UIDs."""

import dataclasses
import shutil

import pydicom
import pytest

from tests.zoo.prediction.reports import phantom_studies
from tests.zoo.prediction.reports.test_structured_report import made, written
from zoo.prediction.reports import instances, source_study
from zoo.prediction.reports.structured_report import structured_report


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("ISO_IR 100", "Müller^Jürgen"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    ],
)
def test_the_patient_keeps_the_name_in_any_script(study, tmp_path, charset, name):
    directory, task = study
    other = shutil.copytree(directory, tmp_path / "study")

    def change(image):
        image.SpecificCharacterSet = charset
        image.PatientName = name

    phantom_studies.alter(other, change)
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    written(tmp_path / "r.dcm", other, task, outputs)
    raw = pydicom.dcmread(tmp_path / "r.dcm")
    assert str(raw.PatientName) == name and raw.SpecificCharacterSet == "ISO_IR 192"


def test_values_that_are_not_as_the_standard_has_them_are_kept(
    study, tmp_path, recwarn, capfd
):
    directory, task = study
    other = shutil.copytree(directory, tmp_path / "study")
    for path in phantom_studies.files(other):
        image = pydicom.dcmread(path)
        with pydicom.config.disable_value_validation():
            image.PatientSex = "unclear"
            image.PatientBirthDate = "spring 1950"
            image.PatientName = "SECRET no caret"
            image.AccessionNumber = "longer than sixteen letters"
            image.save_as(path)
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    recwarn.clear()
    prediction, facts = phantom_studies.predicted(other, task, outputs)
    with instances.quiet():
        source = source_study.read(prediction.kept[0].series)
        report = structured_report(prediction, facts, source, made())
        report.save_as(tmp_path / "r.dcm", enforce_file_format=True)
    assert "SECRET" not in str([str(w.message) for w in recwarn.list])
    assert "SECRET" not in "".join(capfd.readouterr())
    raw = pydicom.dcmread(tmp_path / "r.dcm")
    assert raw.PatientSex == "unclear" and raw.PatientName == "SECRET no caret"


def test_a_second_report_has_a_series_of_its_own_and_the_same_tracking(study):
    directory, task = study
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    prediction, facts = phantom_studies.predicted(directory, task, outputs)
    source = source_study.read(prediction.kept[0].series)
    first, second = (
        structured_report(prediction, facts, source, made()) for _ in range(2)
    )
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.SeriesInstanceUID != second.SeriesInstanceUID
    assert _tracking(first) == _tracking(second)
    other = dataclasses.replace(phantom_studies.MODEL, digests=("cd" * 32,))
    third = structured_report(prediction, facts, source, made(other))
    assert _tracking(third) == _tracking(first)


def _tracking(report):
    (group,) = report.ContentSequence[-1].ContentSequence
    (uid,) = (item.UID for item in group.ContentSequence if item.ValueType == "UIDREF")
    return uid
