import pytest

from pipelines.storage.csv_files import CsvTable
from pipelines.tables.id_titles import usual, with_ids

WANTED = {"patient_id": ["patient_id"], "study_id": ["study_uid", "accession_number"]}


@pytest.mark.parametrize(
    ("title", "which"),
    [
        ("PatientID", "patient_id"),
        ("Patient ID", "patient_id"),
        ("mrn", "patient_id"),
        ("M.R.N.", "patient_id"),
        ("病历号", "patient_id"),
        ("患者 ID", "patient_id"),
        ("Study Instance UID", "study_uid"),
        ("accession_number", "accession_number"),
        ("SeriesInstanceUID", "series_id"),
        ("Age", ""),
        ("姓名", ""),
        ("Patient", ""),
        ("", ""),
    ],
)
def test_which_id_a_title_is_of(title, which):
    assert usual(title) == which


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("MRN StudyInstanceUID path", "patient_id study_id path"),
        ("MRN patient_id", "MRN patient_id"),
        ("MRN PatientID", "MRN PatientID"),
        ("AccessionNumber StudyInstanceUID", "AccessionNumber StudyInstanceUID"),
        ("SeriesInstanceUID MRN", "SeriesInstanceUID patient_id"),
    ],
)
def test_one_column_for_each_id(before, after):
    table = CsvTable(header=tuple(before.split()), rows=())
    assert with_ids(table, WANTED).header == tuple(after.split())
