from dataclasses import replace

import pytest

from pipelines.cohort import masks
from pipelines.errors import DataError
from tests.pipelines.records import small


@pytest.fixture
def write(tmp_path):
    for name in ("a.nii", "b.nii"):
        (tmp_path / name).write_bytes(b"")

    def table(text):
        path = tmp_path / "masks.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return table


def test_paths_are_relative_to_the_table(write, tmp_path):
    found = masks.read(write("patient_id,path\np1,a.nii\np2,b.nii\n"), small.task())
    assert found.find(patient_id="p2", study_id="") == str(tmp_path / "b.nii")
    assert found.find(patient_id="p3", study_id="p2") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patient_id,mask\np1,a.nii\n", "lacks the columns path"),
        ("path\na.nii\n", "exactly one of the columns patient_id, study_id"),
        ("patient_id,path\np1,a.nii\np1,b.nii\n", "lines 2 and 3 have the same"),
        ("patient_id,path\np1,\n", "line 2: path must not be empty"),
        ("patient_id,path\np1,c.nii\n", r"1 masks that are no files: .*c.nii \(line 2"),
        ("patient_id,path\np1,a.nii\np2,a.nii\n", "lines 2 and 3: one mask for two"),
    ],
)
def test_a_table_that_is_wrong(write, text, message):
    with pytest.raises(DataError, match=message):
        masks.read(write(text), small.task())


def test_a_mask_is_that_of_a_study(write):
    path = write("series_id,path\n1.2,a.nii\n")
    with pytest.raises(DataError, match="a mask is that of a study"):
        masks.read(path, replace(small.task(), unit="series"))
