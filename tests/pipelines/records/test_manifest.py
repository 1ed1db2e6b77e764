import dataclasses
import math

import pytest

from pipelines.errors import DataError
from pipelines.records import manifest
from pipelines.records.manifest import Row
from tests.pipelines.records.small import task

TASK = task(covariates=("age", "weight"))
ROW = Row(
    sample_id="a1",
    study_id="b2",
    patient_id="c3",
    split="fold",
    fold="3",
    role="train_only",
    target=(1.0,),
    covariates=(61.5, 70.0),
    shard="fold-3-00000-of-00001.tfrecord",
    position=4,
    checksum="ab" * 32,
    volume_hash="0123-4567",
    clipped=(0, 12),
    vendor="siemens",
    field_strength_t=1.5,
    site="d4",
    sex="F",
    age_band="60-69",
)
BARE = Row(
    sample_id="a",
    study_id="b",
    patient_id="c",
    split="train",
    covariates=(math.nan, 1.25),
    shard="s",
    position=0,
    checksum="",
    volume_hash="",
    clipped=(0, 0),
)


def test_columns_are_named_by_the_task():
    header, first, _ = manifest.to_csv([ROW, BARE], TASK).splitlines()
    columns = dict(zip(header.split(","), first.split(",")))
    assert columns["target:label"] == "1"
    assert columns["covariate:age"] == "61.5"
    assert columns["clipped:T2"] == "12"
    assert columns["field_strength_t"] == "1.5"


def test_ids_of_format_1_are_written_as_today():
    ids = dict.fromkeys(
        ("sample_id", "study_id", "patient_id", "fold", "site"), "1" * 16
    )
    old = dataclasses.replace(ROW, **ids, vendor="1" * 16)
    (read,) = manifest.from_csv(manifest.to_csv([old], TASK), TASK)
    new = {name: f"p{digits}" for name, digits in ids.items()}
    assert read == dataclasses.replace(old, **new)


def test_rows_come_back():
    one, two = manifest.from_csv(manifest.to_csv([ROW, BARE], TASK), TASK)
    assert one == ROW
    assert math.isnan(two.covariates[0])
    assert two == dataclasses.replace(BARE, covariates=two.covariates)


def test_warnings_have_a_column_where_there_are_any():
    warned = dataclasses.replace(ROW, warnings="T2: series 4 has 16 slices; b=50 (19)")
    assert "warnings" not in manifest.to_csv([ROW], TASK)
    text = manifest.to_csv([ROW, warned], TASK)
    assert text.splitlines()[0].endswith(",warnings")
    assert manifest.from_csv(text, TASK) == (ROW, warned)


def test_hashes_of_channels_have_columns_where_they_are_known():
    hashed = dataclasses.replace(ROW, channel_hashes=("01-02", ""))
    header = manifest.to_csv([hashed, BARE], TASK).splitlines()[0].split(",")
    assert header[-2:] == ["hash:T1", "hash:T2"]
    assert manifest.from_csv(manifest.to_csv([hashed], TASK), TASK) == (hashed,)
    assert "hash:" not in manifest.to_csv([ROW, BARE], TASK)


def test_a_group_is_split_and_fold():
    assert (ROW.group, BARE.group) == ("fold-3", "train")


def test_other_columns_are_refused():
    text = manifest.to_csv([ROW], TASK)
    with pytest.raises(DataError, match="should have the columns .*covariate:age"):
        manifest.from_csv(text, task())
    with pytest.raises(DataError, match="Received: nothing"):
        manifest.from_csv("", TASK)


@pytest.mark.parametrize("damage", [("12,siemens", "x,siemens"), (",60-69", "")])
def test_a_cell_that_does_not_read_is_refused(damage):
    text = manifest.to_csv([ROW], TASK).replace(*damage)
    with pytest.raises(DataError, match="manifest.csv, line 2, does not read"):
        manifest.from_csv(text, TASK)


def test_a_row_of_another_task_is_not_written():
    with pytest.raises(ValueError, match="clipped of a row has one number for each"):
        manifest.to_csv([dataclasses.replace(ROW, clipped=(1,))], TASK)
