"""Label files: what is read, and what is refused."""

import csv
import dataclasses
import math

import pytest

from pipelines.cohort.labels import Label, read
from pipelines.errors import DataError, StudyError
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Split, Task, load
from tests.pipelines.tables.sheets import write_xlsx

TASK = Task(
    name="test",
    sequences=(Sequence(name="T2"),),
    target=Target(columns=("grade",), classes=("low", "high")),
    covariates=("age", "psa"),
    grid=Grid(shape=(4, 4, 4)),
)
BY_SERIES = dataclasses.replace(TASK, unit="series")
ROWS = """patient_id,grade,age,psa,role,site,note
P1,low,61,4.5,,,"a, b"
 P2 ,high,,1e1,train_only,North,
"""


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode(encoding))
    return path


def find(labels, **ids):
    return labels.find(**{"patient_id": "", "study_id": "", "series_id": ""} | ids)


def target_of(tmp_path, target, header, cells):
    task = dataclasses.replace(TASK, target=target, covariates=())
    path = written(tmp_path, f"patient_id,{header}\nP1,{cells}\n")
    return find(read(path, task), patient_id="P1").target


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rows_become_labels(tmp_path, encoding):
    labels = read(written(tmp_path, ROWS.replace("\n", "\r\n"), encoding), TASK)
    assert labels.key == "patient_id"
    assert find(labels, patient_id="P1") == Label(target=(0.0,), covariates=(61.0, 4.5))
    second = find(labels, patient_id="P2 ", study_id="1.2")
    assert second.target == (1.0,)
    assert math.isnan(second.covariates[0]) and second.covariates[1] == 10.0
    assert (second.role, second.site) == ("train_only", "North")


@pytest.mark.parametrize("key", ["study_id", "series_id"])
def test_any_id_may_be_the_key(tmp_path, key):
    text = ROWS.replace("patient_id", key).replace("P1", "1.2#b=800")
    labels = read(written(tmp_path, text), BY_SERIES)
    assert labels.key == key
    assert find(labels, **{key: "1.2#b=800"}).target == (0.0,)


def test_no_row_is_a_missing_label_whose_id_stays_private(tmp_path):
    labels = read(written(tmp_path, ROWS), TASK)
    with pytest.raises(StudyError, match="no row of the label file has its") as caught:
        find(labels, patient_id="Mueller")
    assert caught.value.code == "missing_label"
    assert "Mueller" in caught.value.private
    assert "Mueller" not in caught.value.problem + caught.value.cure


def test_a_sample_without_a_target_keeps_what_else_is_known(tmp_path):
    rows = ROWS + "P3,,61,,train_only,North,\n"
    labels = read(written(tmp_path, rows), TASK)
    ids = {"study_id": "", "series_id": ""}
    known = labels.without_target(patient_id=" P3", **ids)
    assert str(known.target) == "(nan,)" and str(known.covariates) == "(61.0, nan)"
    assert (known.role, known.site) == ("train_only", "North")
    unknown = labels.without_target(patient_id="nobody", **ids)
    assert str(unknown.target) == "(nan,)" and str(unknown.covariates) == "(nan, nan)"
    assert (unknown.role, unknown.site) == ("", "")


def test_parts_of_a_series_are_explained(tmp_path):
    text = ROWS.replace("patient_id", "series_id")
    labels = read(written(tmp_path, text), BY_SERIES)
    with pytest.raises(StudyError, match="UID#b=800"):
        find(labels, series_id="1.2#b=50")


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        ("P3,,61,4.5,,,", "missing_label", r"row of the label file \(line 4\) has no"),
        ("P3,Low,61,4.5,,,", "unknown_class", "The classes are low, high"),
        ("P3,low,old,4.5,,,", "bad_value", "line 4 .* has no number in age"),
        ("P3,low,inf,4.5,,,", "bad_value", "line 4 .* has no number in age"),
        ('P3,low,1,"4,5",,,', "bad_value", "line 4 .* has no number in psa"),
    ],
)
def test_a_bad_row_costs_one_study(tmp_path, line, code, text):
    labels = read(written(tmp_path, ROWS + line + "\n"), TASK)
    assert find(labels, patient_id="P1").target == (0.0,)
    with pytest.raises(StudyError, match=text) as caught:
        find(labels, patient_id="P3")
    assert caught.value.code == code
    assert "Low" not in caught.value.problem + caught.value.cure


@pytest.mark.parametrize(
    ("title", "other", "study_key", "unit", "key"),
    [
        ("MRN", "note", "study_uid", "study", "patient_id"),
        ("病历号", "note", "study_uid", "study", "patient_id"),
        ("Patient-ID", "AccessionNumber", "study_uid", "study", "patient_id"),
        ("AccessionNumber", "PatientID", "accession_number", "study", "study_id"),
        ("StudyInstanceUID", "note", "study_uid", "study", "study_id"),
        ("SeriesInstanceUID", "MRN", "study_uid", "series", "series_id"),
        ("patient_id", "MRN", "study_uid", "study", "patient_id"),
        ("series_id", "MRN", "study_uid", "series", "series_id"),
    ],
)
def test_the_key_under_a_usual_title(tmp_path, title, other, study_key, unit, key):
    text = f"{other},{title},grade,age,psa\nX1,P1,low,1,1\nX2,P2,high,2,2\n"
    task = dataclasses.replace(TASK, study_key=study_key, unit=unit)
    labels = read(written(tmp_path, text), task)
    assert (labels.key, [*labels.rows]) == (key, ["P1", "P2"])


@pytest.mark.parametrize("other", ["MRN", "StudyInstanceUID", "AccessionNumber"])
def test_two_usual_titles_leave_it_open(tmp_path, other):
    path = written(tmp_path, f"PatientID,{other},grade,age,psa\nP1,1,low,1,1\n")
    message = "Received: none among PatientID, .*Title the column that says whose row"
    with pytest.raises(DataError, match=message):
        read(path, TASK)


@pytest.mark.parametrize(
    ("header", "key_column", "cells"),
    [
        ("PatientID,AccessionNumber,grade,age,psa", {"patient_id": "PatientID"}, "a,b"),
        ("Patient-ID,StudyUID,grade,age,psa", {"patient_id": "patient id"}, "a,b"),
        ("Fall,patient_id,grade,age,psa", {"study_id": "Fall"}, "a,b"),
        ("Fall,study_id,grade,age,psa", {"study_id": "Fall"}, "a,b"),
        ("patient_id,Nr,grade,age,psa", {"patient_id": "Fall"}, "a,b"),
        ("MRN,patient_id,grade,age,psa", {"study_id": "patient_id"}, "b,a"),
        ("MRN,Nr,grade,age,psa", {"patient_id": "Fall"}, "a,b"),
    ],
)
def test_the_task_says_which_column_is_the_key(tmp_path, header, key_column, cells):
    task = dataclasses.replace(TASK, key_column=key_column)
    assert task.spec == TASK.spec
    text = f"{header}\n{cells},low,60,1\nc,d,high,,2\n"
    found = read(written(tmp_path, text), task)
    assert found.key == [*key_column][0]
    assert [*found.rows][0] == "a"
    assert find(found, **{found.key: "a"}).target == (0.0,)


def test_a_key_column_that_the_file_lacks(tmp_path):
    task = dataclasses.replace(TASK, key_column={"study_id": "Fallnummer"})
    path = written(tmp_path, "Fallnumer,Nr,grade,age,psa\na,b,low,1,2\n")
    message = (
        r"wants one column Fallnummer, as key_column .* did you mean 'Fallnumer'\?"
    )
    with pytest.raises(DataError, match=message):
        read(path, task)


def test_the_screen_says_which_column_was_taken_for_the_key(tmp_path, capsys):
    text = ROWS.replace("patient_id", "MRN")
    read(written(tmp_path, text), TASK)
    told = capsys.readouterr().err
    assert told.endswith("labels.csv has the patient_id in the column MRN\n")
    read(written(tmp_path, ROWS.replace("patient_id", "Patient ID")), TASK)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,grade,age,psa\nP1,low,1,1\n", "wants exactly one of .*Received: none"),
        (
            "patient_id,study_id,grade,age,psa\nP1,1.2,low,1,1\n",
            "exactly one of .*Received: patient_id, study_id among",
        ),
        (ROWS.replace("patient_id", "series_id"), "the task's unit is the study"),
        ("patient_id,age\nP1,5\n", "lacks the columns grade, psa"),
        (ROWS + "P1,high,1,1,,,\n", "lines 2 and 4 have the same patient_id"),
        (ROWS + "P3,high\n", "line 4: expected 7 cells and a patient_id"),
        (ROWS + ",high,1,1,,,\n", "line 4: expected 7 cells and a patient_id"),
        (ROWS + "P3,high,1,1,test,,\n", "line 4: a role is train_only or empty"),
        (ROWS.replace(",high", ",low"), "no row of the classes high that"),
        (ROWS.replace(",high", ",High"), "classes high .*It has rows of High"),
        (ROWS.replace("psa", "age"), "has a column twice"),
        ("patient_id,grade,age,psa\n\n", "has no rows below its header"),
        ("", "has no rows"),
        ('patient_id,grade\n"P1,low\n', "can't be read as a table of text"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read(written(tmp_path, text), TASK)


def test_a_file_in_another_encoding_is_read(tmp_path):
    labels = read(written(tmp_path, ROWS.replace("North", "Süd"), "latin-1"), TASK)
    assert "Süd" in {row["site"] for row in labels.rows.values()}


def test_no_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="can't be read: No such file"):
        read(tmp_path / "absent.csv", TASK)


def test_blank_lines_do_not_count(tmp_path):
    labels = read(written(tmp_path, ROWS.replace("\nP1", "\n,,,,,,\n\nP1")), TASK)
    assert len(labels.rows) == 2
    assert labels.lines["P1"] == 4


def test_several_numbers_are_read_as_a_target(tmp_path):
    regression = Target(kind="regression", columns=("x", "y"))
    assert target_of(tmp_path, regression, "x,y", "1.5,-2") == (1.5, -2.0)
    several = Target(kind="multilabel", columns=("x", "y"), classes=("x", "y"))
    assert target_of(tmp_path, several, "x,y", "0,1") == (0.0, 1.0)
    with pytest.raises(StudyError, match="has a target that is not 0 or 1"):
        target_of(tmp_path, several, "x,y", "0,2")
    with pytest.raises(StudyError, match="has no number in y"):
        target_of(tmp_path, regression, "x,y", "0,high")
    with pytest.raises(StudyError, match="has no target"):
        target_of(tmp_path, several, "x,y", ",")
    grades = Target(kind="ordinal", columns=("x",), classes=("1", "2", "3"))
    with pytest.raises(DataError, match="no row of the classes 1, 2"):
        target_of(tmp_path, grades, "x", "3")


@pytest.mark.parametrize("kind", ["multilabel", "regression"])
def test_of_several_columns_some_may_be_unknown(tmp_path, kind):
    classes = ("x", "y") if kind == "multilabel" else ()
    target = Target(kind=kind, columns=("x", "y"), classes=classes)
    first, second = target_of(tmp_path, target, "x,y", ",1")
    assert math.isnan(first) and second == 1


FURTHER = (
    Target(kind="regression", columns=("fat",), name="fat"),
    Target(kind="ordinal", columns=("stage",), classes=("F0", "F1"), name="stage"),
)


def test_further_targets_follow_the_main_one(tmp_path):
    task = dataclasses.replace(TASK, further_targets=FURTHER)
    text = "patient_id,grade,fat,stage,age,psa\nP1,low,3.5,F1,,\nP2,high,,F0,,\n"
    labels = read(written(tmp_path, text + "P3,high,1,,,\n"), task)
    assert find(labels, patient_id="P1").target == (0.0, 3.5, 1.0)
    grade, fat, stage = find(labels, patient_id="P2").target
    assert (grade, stage) == (1.0, 0.0) and math.isnan(fat)
    assert math.isnan(find(labels, patient_id="P3").target[2])


def test_the_main_target_must_be_known_where_others_are(tmp_path):
    task = dataclasses.replace(TASK, further_targets=FURTHER)
    text = "patient_id,grade,fat,stage,age,psa\nP1,,3.5,F1,,\nP2,low,,F0,,\n"
    labels = read(written(tmp_path, text + "P3,high,,,,\n"), task)
    with pytest.raises(StudyError, match="has no target"):
        find(labels, patient_id="P1")


def test_classes_of_further_targets_are_in_the_file_too(tmp_path):
    task = dataclasses.replace(TASK, further_targets=FURTHER)
    text = "patient_id,grade,fat,stage,age,psa\nP1,low,,F0,,\nP2,high,,F0,,\n"
    with pytest.raises(DataError, match=r"no row of the classes F1 .*column stage"):
        read(written(tmp_path, text), task)


def test_named_series_need_no_target(tmp_path):
    task = dataclasses.replace(load("prostate_series"), covariates=("age",))
    labels = read(written(tmp_path, "patient_id,age,role\nP1,61,train_only\n"), task)
    first = find(labels, patient_id="P1")
    assert first == Label(covariates=(61.0,), role="train_only")
    other = find(labels, patient_id="P2")
    assert other.target == () and math.isnan(other.covariates[0])


def test_real_labels_of_acdc(shared_data):
    labels = read(shared_data / "acdc" / "labels.csv", load("acdc"))
    assert find(labels, patient_id="patient004") == Label(
        target=(2.0,), covariates=(159.0, 46.0)
    )
    assert len(labels.rows) == 50


def test_where_everybody_trains_a_class_may_have_no_row(tmp_path):
    task = dataclasses.replace(TASK, split=Split(train=1.0))
    text = "patient_id,grade,age,psa\nP1,low,1,1\n"
    assert [*read(written(tmp_path, text), task).rows] == ["P1"]


def test_a_file_of_a_spreadsheet_program_is_read(tmp_path):
    plain = read(written(tmp_path, ROWS), TASK)
    path = tmp_path / "labels.xlsx"
    write_xlsx(path, {"Sheet1": list(csv.reader(ROWS.splitlines()))})
    assert read(path, TASK).rows == plain.rows


def test_titles_may_be_written_otherwise(tmp_path):
    plain = read(written(tmp_path, ROWS), TASK)
    header, rest = ROWS.split("\n", 1)
    other = header.replace("patient_id", "Patient-ID").replace("grade", "Grade ")
    assert read(written(tmp_path, f"{other}\n{rest}"), TASK).rows == plain.rows


def test_rounded_ids_are_refused(tmp_path):
    text = ROWS.replace("P1", "1.23457E+15", 1)
    with pytest.raises(DataError, match="rounded numbers: 1.23457E"):
        read(written(tmp_path, text), TASK)


def test_a_patient_in_two_rows_may_have_two_studies(tmp_path):
    first = ROWS.splitlines()[1]
    with pytest.raises(DataError, match="if these are two studies, give rows by stu"):
        read(written(tmp_path, f"{ROWS}{first}\n"), TASK)


def test_an_underscore_is_no_number(tmp_path):
    labels = read(written(tmp_path, ROWS.replace("61", "6_1")), TASK)
    with pytest.raises(StudyError, match="has no number in age"):
        labels.find(patient_id="P1", study_id="s", series_id="x")
