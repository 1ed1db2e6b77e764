"""Tasks whose targets and covariates get in each other's way."""

import dataclasses

import pytest

from pipelines.tasks.target import Target
from tests.pipelines.records import small

FAT = Target(kind="regression", columns=("fat",), name="fat")
STAGE = Target(kind="ordinal", columns=("stage",), classes=("F0", "F1"), name="stage")


def task(*further, **changes):
    return dataclasses.replace(small.task(), further_targets=further, **changes)


@pytest.mark.parametrize(
    ("key_column", "message"),
    [
        ({}, "key_column is one id and the title of its column"),
        ({"patient_id": ""}, "key_column is one id and the title"),
        ({"patient_id": "A", "study_id": "B"}, "key_column is one id and the title"),
        ({"series_id": "UID"}, "names a series_id where unit = 'series'"),
    ],
)
def test_no_key_column(key_column, message):
    with pytest.raises(ValueError, match=message):
        task(key_column=key_column)


def test_a_key_column_changes_no_record():
    assert task(key_column={"patient_id": "MRN"}).spec == task().spec


def test_the_numbers_of_a_record():
    both = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"), name="ab")
    several = task(STAGE, both)
    assert several.target_columns == ("label", "stage", "a", "b")
    assert several.target_size == 4
    assert [target.name for target in several.targets] == ["", "stage", "ab"]


def test_further_targets_change_what_a_record_means():
    assert len({task().spec, task(FAT).spec, task(FAT, STAGE).spec}) == 3


@pytest.mark.parametrize(
    ("further", "message"),
    [
        ((FAT, dataclasses.replace(STAGE, name="fat")), "want different names, and"),
        ((dataclasses.replace(FAT, name=""),), "want different names, and .target."),
        ((dataclasses.replace(FAT, columns=("label",)),), "targets want different col"),
        (
            (Target(source="sequence", classes=("T1", "T2"), name="series"),),
            "further_targets come from labels.csv",
        ),
    ],
)
def test_targets_in_each_others_way(further, message):
    with pytest.raises(ValueError, match=message):
        task(*further)


def test_a_main_target_with_a_name():
    with pytest.raises(ValueError, match="has none. Received: 'fat' and"):
        task(target=FAT)


def test_a_covariate_that_is_a_further_target():
    with pytest.raises(ValueError, match="would hand the answer to the network"):
        task(FAT, covariates=("fat",))
