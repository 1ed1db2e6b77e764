import math

import numpy as np
import pytest

from pipelines.characteristics import covariate_file, patients
from pipelines.characteristics.columns import (
    SEVERAL,
    Column,
    by_patient,
    categorical,
    columns_of,
    nominal_field_strength,
)
from pipelines.errors import DataError, UsageError
from pipelines.records.manifest import Row
from tests.pipelines.records import small


def row(number, **facts):
    return Row(
        sample_id=f"s{number}",
        study_id=f"t{number}",
        patient_id=f"p{number // 2}",
        shard="a",
        position=number,
        checksum="",
        volume_hash="",
        clipped=(0, 0),
        **{"split": "train", "target": (number % 2,), **facts},
    )


@pytest.mark.parametrize(
    ("tesla", "name"),
    [(1.494, "1.5 T"), (2.8936, "3 T"), (0.35, "0.35 T"), (4.7, "4.7 T"), (None, "")],
)
def test_field_strength(tesla, name):
    assert nominal_field_strength(tesla) == name


def test_columns_of_a_manifest():
    task = small.task(covariates=("age", "Sex"), covariate_levels={"Sex": ("F", "M")})
    rows = [
        row(0, covariates=(50.0, 1.0), vendor="ge", sex="F"),
        row(1, covariates=(math.nan, math.nan), field_strength_t=2.9),
    ]
    columns = columns_of(rows, task)
    names = ["age", "Sex", "vendor", "field_strength", "site", "age_band"]
    assert list(columns) == names  # the label file's sex stands for the header's
    assert columns["Sex"].levels == ("F", "M")
    assert columns["vendor"].levels == ("ge",)
    assert columns["vendor"].known.tolist() == [True, False]
    assert columns["field_strength"].levels == ("3 T",)


def test_of_patients():
    words = categorical("vendor", ["ge", "", "ge", "siemens", ""])
    mixed = by_patient(words, ["b", "b", "a", "a", "c"])
    assert mixed.levels == ("ge", "siemens", SEVERAL)
    np.testing.assert_array_equal(mixed.values, [2, 0, np.nan])
    ages = Column(name="age", values=np.array([50, 52, np.nan, 40.0]))
    assert by_patient(ages, ["a", "a", "b", "b"]).values.tolist() == [51, 40]


def test_classes_and_splits_of_patients():
    rows = [row(0), row(1), row(2, split="test"), row(3, split="test", target=())]
    columns = patients.patient_columns(rows, small.task())
    assert columns["class"].levels == ("no", "yes", SEVERAL)
    assert columns["class"].values.tolist() == [2, 0]
    assert columns["split"].levels == ("train", "test")
    with pytest.raises(UsageError, match="is a number or nowhere known"):
        patients.chosen(columns, ["vendor"])


def written(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_ones_own(tmp_path):
    path = written(tmp_path, "Patient ID,stage,age\np1,II,50\np0,,61\n")
    table = covariate_file.read(path)
    asked = {"sample_ids": ("s0", "s2", "s4"), "patient_ids": ("p0", "p1", "p2")}
    np.testing.assert_array_equal(table.of("age", **asked).values, [61, 50, np.nan])
    stage = table.of("stage", **asked)
    assert stage.levels == ("II",)
    np.testing.assert_array_equal(stage.values, [np.nan, 0, np.nan])
    with pytest.raises(DataError, match="no row of any of these 1 samples"):
        table.of("age", sample_ids=("s9",), patient_ids=("p9",))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("name,age\na,1\n", "wants a column patient_id or sample_id"),
        ("patient_id\na\n", "one column or more beside patient_id"),
        ("patient_id,age\n", "has a header alone"),
        ("patient_id,age\na,1\na,2\n", "row 3: patient_id stands once a row: a twice"),
        ("patient_id,age\n,1\n", "row 2: patient_id stands once a row: none"),
        ("patient_id,age\na,1,2\n", "row 2 has 3 cells where the header has 2"),
    ],
    ids=["key", "alone", "empty", "twice", "none", "long"],
)
def test_what_is_no_such_table(tmp_path, text, match):
    with pytest.raises(DataError, match=match):
        covariate_file.read(written(tmp_path, text))


def test_a_file_of_predictions_goes_by_its_samples(tmp_path):
    path = written(tmp_path, "sample_id,patient_id,age\ns1,p0,5\ns0,p0,4\n")
    table = covariate_file.read(path)
    asked = {"sample_ids": ("s0", "s1"), "patient_ids": ("p0", "p0")}
    assert table.of("age", **asked).values.tolist() == [4, 5]
