import dataclasses
import math

import pytest

from pipelines.cohort.new_covariates import named, read
from pipelines.errors import DataError, StudyError, UsageError
from tests.pipelines.records import small

TASK = small.task(
    covariates=("age", "psa", "sex"), covariate_levels={"sex": ("F", "M")}
)
NAMES = ("sex", "age")


def written(tmp_path, text):
    path = tmp_path / "new.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_by_its_id(tmp_path):
    path = written(tmp_path, "study_id,age,sex\n1.2,61,M\n1.3,,F\n")
    file = read(path, TASK, NAMES)
    age, psa, sex = file.find({"study_id": "1.2 ", "patient_id": "P1"})
    assert (age, sex) == (61, 1) and math.isnan(psa)
    assert math.isnan(file.find({"study_id": "1.3"})[0])


@pytest.mark.parametrize("key", ["Fall", "FALL", "patient_id"])
def test_the_key_column_of_the_labels_is_one_here_too(tmp_path, key):
    task = dataclasses.replace(TASK, key_column={"patient_id": "Fall"})
    path = written(tmp_path, f"{key},AccessionNumber,age,sex\nP1,A1,61,M\n")
    assert read(path, task, NAMES).find({"patient_id": "P1"})[0] == 61
    by_study = written(tmp_path, "study_id,age,sex\n1.2,61,M\n")
    assert read(by_study, task, NAMES).find({"study_id": "1.2"})[0] == 61


def test_a_study_without_a_row_is_named_in_private(tmp_path):
    file = read(written(tmp_path, "patient_id,age,sex\nP1,61,M\n"), TASK, NAMES)
    with pytest.raises(StudyError, match="Add a row with sex, age") as caught:
        file.find({"patient_id": "Mueller"})
    assert caught.value.code == "missing_covariates"
    assert "Mueller" in caught.value.private
    assert "Mueller" not in caught.value.problem + caught.value.cure


def test_ids_that_lost_their_zeros_are_told(tmp_path):
    file = read(written(tmp_path, "patient_id,age,sex\n17,61,M\n"), TASK, NAMES)
    with pytest.raises(StudyError, match="format the column of ids as text") as caught:
        file.find({"patient_id": "0017"})
    assert caught.value.problem.endswith("its patient_id with all of its digits")


def test_a_file_without_a_covariate(tmp_path):
    with pytest.raises(DataError, match="lacks the columns sex"):
        read(written(tmp_path, "patient_id,age\nP1,61\n"), TASK, NAMES)


def test_an_unknown_level_names_its_line(tmp_path):
    file = read(written(tmp_path, "patient_id,age,sex\nP1,61,male\n"), TASK, NAMES)
    with pytest.raises(StudyError, match="line 2 of the file of covariates has no lev"):
        file.find({"patient_id": "P1"})


def test_covariates_by_name():
    age, psa, sex = named({"age": "", "sex": "F"}, TASK, NAMES)
    assert math.isnan(age) and math.isnan(psa) and sex == 0


@pytest.mark.parametrize("cells", [{"sex": "F"}, {"sex": "F", "age": "", "psa": "1"}])
def test_all_that_are_wanted_and_no_other(cells):
    with pytest.raises(UsageError, match="wanted are sex, age; write NAME="):
        named(cells, TASK, NAMES)
