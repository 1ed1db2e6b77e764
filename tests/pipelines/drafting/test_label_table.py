from dataclasses import replace

import pytest

from pipelines.cohort import labels
from pipelines.drafting.label_table import StudyIds, facts
from pipelines.errors import DataError
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task
from tests.pipelines.tables.sheets import write_xlsx

_PATIENTS = StudyIds(
    patients={f"P{n:02}": 1 for n in range(1, 9)},
    study_uids=frozenset(f"1.2.{n}" for n in range(1, 9)),
    accession_numbers=frozenset(f"A{n}" for n in range(1, 9)),
)


def _file(tmp_path, text, name="labels.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _kinds(found):
    return {column.name: column.kind for column in found.columns}


def test_the_patient_s_id_is_found_whatever_its_title(tmp_path):
    lines = [f"{n},P{n:02},{n % 2}" for n in range(1, 9)]
    path = _file(tmp_path, "Nr,Case,label\n" + "\n".join(lines))
    found = facts(path, _PATIENTS)
    assert (found.key, found.study_key, found.key_column) == ("patient_id", "", "Case")
    assert (found.rows, found.matched) == (8, 8)
    assert found.unmatched_rows == found.without_row == ()
    assert _kinds(found) == {"Nr": "running number", "Case": "id", "label": "class"}
    assert found.cells["P03"]["label"] == "1"
    assert found.states_key and found.notes == ()
    assert found.reason == "8 of its 8 values are PatientIDs"


@pytest.mark.parametrize("title", ["MRN", "PatientID", "病历号"])
def test_a_usual_title_needs_no_other(tmp_path, title):
    path = _file(tmp_path, f"Case,{title},label\nP01,P01,a\nP02,P02,b\n")
    found = facts(path, _PATIENTS)
    assert (found.key_column, found.notes) == (title, ())
    assert not found.states_key


def test_a_usual_title_over_other_ids_is_no_key(tmp_path):
    path = _file(tmp_path, "MRN,Case,label\n77,P01,a\n78,P02,b\n")
    found = facts(path, _PATIENTS)
    assert (found.key_column, found.states_key, found.notes) == ("Case", True, ())


@pytest.mark.parametrize("other", ["AccessionNumber", "StudyInstanceUID", "study_id"])
def test_ids_of_patients_beside_those_of_studies(tmp_path, other):
    path = _file(tmp_path, f"PatientID,{other},label\nP01,A1,a\nP02,A2,b\n")
    found = facts(path, _PATIENTS)
    assert (found.key, found.key_column) == ("patient_id", "PatientID")
    assert found.states_key and found.notes == ()
    assert found.reason == (
        f"2 of its 2 values are PatientIDs ({other!r} holds 2 AccessionNumbers)"
    )


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ("P01,a", "title the column 'P01' patient_id"),  # a table without a header
        (",label", "title the column '' patient_id"),
    ],
)
def test_a_title_that_is_an_id_or_none_is_not_for_the_task_file(tmp_path, header, note):
    found = facts(_file(tmp_path, f"{header}\nP02,a\nP03,b\n"), _PATIENTS)
    assert not found.states_key
    assert found.notes[0].startswith(note)


@pytest.mark.parametrize("title", ["Nr", "No.", "row", "#", "Index", "ID"])
def test_numbers_that_count_the_rows_are_not_preferred(tmp_path, title):
    ids = StudyIds(patients={str(n): 1 for n in range(1, 9)})
    order = (3, 1, 8, 2, 5, 4, 7, 6)  # the rows are sorted by something else
    lines = [f"{n},{case},{n % 2}" for n, case in enumerate(order, 1)]
    found = facts(_file(tmp_path, f"{title},Case,label\n" + "\n".join(lines)), ids)
    assert found.key_column == "Case"
    assert found.cells["3"]["label"] == "1" and found.cells["1"]["label"] == "0"
    assert found.reason == (
        f"8 of its 8 values are PatientIDs ({title!r} holds 8 PatientIDs, but merely "
        "counts the rows)"
    )


def test_even_where_another_column_has_fewer_ids(tmp_path):
    ids = StudyIds(patients={str(n): 1 for n in range(1, 9)})
    lines = [f"{n},{case},a" for n, case in enumerate((3, 1, 90, 2, 5), 1)]
    found = facts(_file(tmp_path, "Nr,Case,label\n" + "\n".join(lines)), ids)
    assert (found.key_column, found.unmatched_rows) == ("Case", ("90",))


def test_numbers_that_count_the_rows_are_ids_if_they_match(tmp_path):
    ids = StudyIds(patients={str(n): 1 for n in range(1, 9)})
    lines = [f"{n},{40 + n % 3},{n % 2}" for n in range(1, 8)]
    found = facts(_file(tmp_path, "Nr,age,label\n" + "\n".join(lines)), ids)
    assert (found.key_column, found.matched) == ("Nr", 7)
    assert found.reason.startswith(
        "7 of its 7 values are PatientIDs, though it merely counts the rows: see that"
    )


@pytest.mark.parametrize("patients", [("2", "5"), range(6, 60)])
def test_numbers_that_count_the_rows_are_no_ids_by_accident(tmp_path, patients):
    ids = StudyIds(patients={str(n): 1 for n in patients})
    lines = [f"{n},Smith{n},{n % 2}" for n in range(1, 9)]
    rows = "\n".join(lines)
    with pytest.raises(DataError, match="no column of .* holds ids of the studies"):
        facts(_file(tmp_path, f"Nr,name,label\n{rows}"), ids)
    found = facts(_file(tmp_path, f"PatientID,name,label\n{rows}"), ids)  # it is said
    assert found.key_column == "PatientID"


@pytest.mark.parametrize(
    ("prefix", "study_key"), [("1.2.", "study_uid"), ("A", "accession_number")]
)
def test_ids_of_studies(tmp_path, prefix, study_key):
    path = _file(tmp_path, f"Study ID,label\n{prefix}1,a\n{prefix}2,b\n")
    found = facts(path, _PATIENTS)
    assert (found.key, found.study_key) == ("study_id", study_key)
    assert found.matched == 2 and found.notes == ()
    assert found.without_row[0] == f"{prefix}3"


def test_who_has_no_row_and_whose_row_is_not_known(tmp_path):
    path = _file(tmp_path, "Patient-ID;label\nP01;a\nP99;b\n")
    found = facts(path, _PATIENTS)
    assert found.unmatched_rows == ("P99",)
    assert found.without_row == ("P02", "P03", "P04", "P05", "P06", "P07", "P08")
    assert [*found.cells] == ["P01"]


def test_two_rows_a_patient_are_keyed_by_study(tmp_path):
    path = _file(
        tmp_path, "PatientID,AccessionNumber,grade\nP01,A1,2\nP01,A2,3\nP02,A3,2\n"
    )
    found = facts(path, _PATIENTS)
    assert (found.key, found.study_key) == ("study_id", "accession_number")
    assert (found.key_column, found.matched) == ("AccessionNumber", 3)
    assert _kinds(found)["PatientID"] == "id"
    assert found.without_row == ("A4", "A5", "A6", "A7", "A8")


def test_a_patient_of_two_studies_is_keyed_by_study_where_the_table_can(tmp_path):
    ids = replace(_PATIENTS, patients={**_PATIENTS.patients, "P01": 2})
    by_both = _file(tmp_path, "PatientID,UID,label\nP01,1.2.1,a\nP02,1.2.2,b\n")
    assert facts(by_both, ids).key == "study_id"
    by_patient = _file(tmp_path, "patient_id,label\nP01,a\nP02,b\n")
    found = facts(by_patient, ids)
    assert (found.key, found.matched) == ("patient_id", 3)
    assert "all of them get the patient's row" in found.notes[0]


def test_two_rows_a_patient_without_ids_of_studies_are_named(tmp_path):
    path = _file(tmp_path, "patient_id,label\nP01,a\nP02,b\nP01,b\n")
    (note,) = facts(path, _PATIENTS).notes
    assert note.startswith("1 ids have several rows (P01: lines 2, 4): keep one, or")
    assert facts(path, _PATIENTS).cells["P01"]["label"] == "a"


def test_a_grade_is_not_taken_for_an_id(tmp_path):
    ids = StudyIds(patients={str(n): 1 for n in range(1, 11)})
    lines = [f"{n % 3 + 1},{n}" for n in range(1, 11)]
    found = facts(_file(tmp_path, "grade,subject\n" + "\n".join(lines)), ids)
    assert found.key_column == "subject"
    assert _kinds(found)["grade"] == "class"


def test_grades_are_no_ids_where_the_table_has_none(tmp_path):
    ids = StudyIds(patients={str(n): 1 for n in range(1, 21)})
    lines = [f"{n % 3 + 1},X{n}" for n in range(1, 21)]
    with pytest.raises(DataError, match="no column of .* holds ids of the studies"):
        facts(_file(tmp_path, "grade,subject\n" + "\n".join(lines)), ids)


def test_of_two_columns_with_the_same_ids_the_one_that_is_called_so(tmp_path):
    ids = StudyIds(patients={str(n): 1 for n in range(1, 5)})
    path = _file(tmp_path, "row,patient_id,label\n1,1,a\n2,2,b\n3,3,a\n4,4,b\n")
    found = facts(path, ids)
    assert found.key_column == "patient_id"
    assert _kinds(found)["row"] == "id"


def test_numbers_of_patients_that_come_again_are_ids(tmp_path):
    ids = StudyIds(
        patients={"101": 2, "102": 2}, study_uids=frozenset({"u1", "u2", "u3", "u4"})
    )
    path = _file(tmp_path, "patient,uid,x\n101,u1,5\n101,u2,6\n102,u3,5\n102,u4,6\n")
    assert _kinds(facts(path, ids)) == {"patient": "id", "uid": "id", "x": "class"}


def test_lost_zeros_are_told(tmp_path):
    ids = StudyIds(patients={"0017": 1, "0018": 1, "1234": 1})
    some = _file(tmp_path, "patient_id,label\n1234,a\n17,b\n")
    with pytest.raises(DataError, match=r"has 17 in the column 'patient_id' where the"):
        facts(some, ids)
    ids = StudyIds(patients={"0017": 1, "0018": 1})
    every = _file(tmp_path, "label,MRN\n1,17\n0,18\n")
    with pytest.raises(DataError, match=r"has 17 in the column 'MRN' .* as text"):
        facts(every, ids)


def test_digits_behind_the_15th_are_told(tmp_path):
    ids = StudyIds(patients={"1234567890123456": 1, "1234567890123999": 1})
    path = tmp_path / "data.xlsx"
    rows = [["MRN", "label"], [1234567890123450.0, 1], [1234567890123990.0, 0]]
    write_xlsx(path, {"Sheet1": rows})
    with pytest.raises(DataError, match="say 1234567890123456: .* behind the 15th"):
        facts(path, ids)


def test_rounded_ids_are_told(tmp_path):
    ids = StudyIds(patients={"1234567890123456": 1})
    path = _file(tmp_path, "MRN;label\n1,23457E+15;a\n1,23457E+15;b\n")
    with pytest.raises(DataError, match="2 ids in MRN that a spreadsheet"):
        facts(path, ids)


def test_other_ids_are_shown_beside_each_other(tmp_path):
    path = _file(tmp_path, "case,label\nX1,a\nX2,b\n")
    with pytest.raises(DataError, match=r"PatientID P01, .* has 'case' X1, X2") as told:
        facts(path, _PATIENTS)
    assert "AccessionNumber A1" in str(told.value)


def test_a_table_without_rows(tmp_path):
    with pytest.raises(DataError, match="has no rows below a header"):
        facts(_file(tmp_path, "patient_id,label\n"), _PATIENTS)


def test_a_source_without_patients():
    with pytest.raises(ValueError, match="want a patient"):
        StudyIds(patients={})


def test_an_excel_file(tmp_path):
    path = tmp_path / "data.xlsx"
    rows = [["Patient ID", "T", "Größe"], ["P01", True, 1.5], ["P02", False, None]]
    write_xlsx(path, {"Sheet1": rows})
    found = facts(path, _PATIENTS)
    assert _kinds(found) == {"Patient ID": "id", "T": "class", "Größe": "number"}
    assert found.columns[2].missing == 1 and found.notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("patient_id,label\nP01\nP02,b\n", "line 2 has not as many cells"),
        ("patient_id,label\nP01,a\n,b\n,a\n", "lines 3, 4 have no id in 'patient_id'"),
        ("patient_id,x,x\nP01,1,2\n", "1 titles stand over several columns"),
        ("patient_id,Role\nP01,reader\n", "the column 'Role' holds 'reader'"),
        ('patient_id,a\nP01,"1,5"\nP02,2\n', "column 'a': 1 cell holds '1,5'"),
    ],
)
def test_what_ingest_would_refuse_is_noted(tmp_path, text, note):
    (said,) = facts(_file(tmp_path, text), _PATIENTS).notes
    assert said.startswith(note)


@pytest.mark.parametrize(
    "text",
    [
        "patient_id,label\nP01\nP02,b\nP03,a\n",
        "patient_id,label\nP01,a\n,b\n",
        "patient_id,label,label\nP01,a,b\n",
        "patient_id,label,Role\nP01,a,reader\nP02,b,\n",
        ",label\nP01,a\nP02,b\n",
        "patient_id,label\nP01,a\nP01,b\n",
    ],
)
def test_ingest_refuses_what_is_noted(tmp_path, text):
    path = _file(tmp_path, text)
    assert facts(path, _PATIENTS).notes
    task = Task(
        name="small",
        sequences=(Sequence(name="T2"),),
        target=Target(columns=("label",), classes=("a", "b")),
        grid=Grid(shape=(4, 4, 4)),
    )
    with pytest.raises(DataError):
        labels.read(path, task)
