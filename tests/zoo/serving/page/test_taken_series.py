"""The page says which series of a study were taken."""

from pipelines.ingestion.new_study import OneRecord
from pipelines.readers.dicom.headers import Series
from tests.zoo.serving.page import pages
from zoo.serving.page import taken_series


def series(**values):
    return Series(patient_id="p", study_uid="1.2", series_uid="1.2.3", **values)


def test_a_series_that_two_tasks_take_comes_once_and_without_ids():
    dwi = series(series_number=6, description="ep2d\x1bdiff", part="b=800")
    one = OneRecord(name="study 1", series={"DWI": dwi})
    two = OneRecord(name="study 1", series={"DWI": dwi, "T2WI": series()})
    assert taken_series.taken([one, two]) == [
        {
            "sequence": "DWI",
            "number": 6,
            "description": "ep2d?diff",
            "part": "b=800",
            "images": 0,
        },
        {
            "sequence": "T2WI",
            "number": None,
            "description": "",
            "part": "",
            "images": 0,
        },
    ]


def test_an_answer_names_the_series_and_its_images(port, patient):
    (result,) = pages.upload(port, pages.folder_files(patient)).head["results"]
    found = {row["sequence"]: row for row in result["taken"]}
    assert {*found} == {"T1WI", "T2WI"}
    assert "t2" in found["T2WI"]["description"].lower()
    (folder,) = [path for path in patient.rglob("*") if _is_axial(path, "T2")]
    assert found["T2WI"]["images"] == len([*folder.iterdir()])


def test_files_without_headers_have_no_series(port, nifti):
    files = {"t2.nii.gz": nifti["T2WI"].read_bytes()}
    answer = pages.upload(port, files, sequences={"T2WI": {"file": "t2.nii.gz"}})
    assert answer.head["results"][0]["taken"] == []


def _is_axial(path, name):
    words = path.name.lower()
    return path.is_dir() and name.lower() in words and words.startswith("01")
