"""Ids of the label file that are not as the images have them."""

import dataclasses

import pytest

from pipelines.cohort import labels
from pipelines.errors import DataError
from pipelines.ingestion import label_rows
from pipelines.ingestion.cohort import Names
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import Key
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

TASK = Task(
    name="test",
    sequences=(Sequence(name="T2"),),
    target=Target(columns=("x",), kind="regression"),
    grid=Grid(shape=(4, 4, 4)),
)
UNKNOWN = "0019", "0020"


def check(tmp_path, rows, images, missing_label="keep", key="patient_id"):
    path = tmp_path / "labels.csv"
    lines = [f"{key},x", *(f"{row},1" for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    task = dataclasses.replace(TASK, missing_label=missing_label)
    names = Names(key=Key(secret=bytes(32)), linkage=Linkage(tmp_path / "linkage.csv"))
    for image in images:
        names.of(key.removesuffix("_id"), image)
    read = labels.read(path, task)
    label_rows.check(path, read, names)
    return list(label_rows.unused(read, names).values())


@pytest.mark.parametrize("missing_label", ["reject", "skip", "keep"])
@pytest.mark.parametrize("key", ["patient_id", "study_id"])
def test_lost_zeros_stop_whatever_the_task_says(tmp_path, missing_label, key):
    message = (
        r"have 6 ids in \w+_id .*: 11 \(line 2\) where the images say 0011; 12 "
        r".*; 15 \(line 6\) where the images say 0015, and 1 more\. A spreadsheet .*"
        "format the column of ids as text"
    )
    images = [f"00{number}" for number in range(11, 17)]
    with pytest.raises(DataError, match=message):
        check(tmp_path, range(11, 17), images, missing_label, key)


@pytest.mark.parametrize("missing_label", ["skip", "keep"])
def test_ids_that_look_alike_stop_where_studies_would_be_dropped(
    tmp_path, missing_label
):
    with pytest.raises(DataError, match=r"12-Mar \(line 3\) where the images say 3-12"):
        check(tmp_path, ["P1", "12-Mar"], ["P1", "3-12", *UNKNOWN], missing_label)
    assert check(tmp_path, ["P1", "12-Mar"], ["P1", "3-12"], "reject") == [1]


def test_an_id_that_has_a_row_is_nobody_elses(tmp_path, capsys):
    assert check(tmp_path, ["P1"], ["P1", "p-1"]) == []
    assert capsys.readouterr().err == ""


def test_others_that_stand_alone_on_both_sides_are_named(tmp_path, capsys):
    assert check(tmp_path, ["P1", "Q7"], ["P1", *UNKNOWN]) == [1]
    told = capsys.readouterr().err
    assert "2 patients have no row in" in told and ": 0019, 0020. 1 rows" in told
    assert "rows of it fit no patient: Q7. If these" in told
    assert 'missing_label = "keep"' in told


def test_a_table_of_others_is_shown_whatever_the_task_says(tmp_path, capsys):
    assert check(tmp_path, ["Q7", "Q8"], UNKNOWN, "reject") == [2]
    told = capsys.readouterr().err
    assert "2 patients have no row in" in told and ": 0019, 0020. 2 rows" in told
    assert "fit no patient: Q7, Q8. If these are the same, correct the ids" in told


def test_rejections_say_it_themselves(tmp_path, capsys):
    assert check(tmp_path, ["P1", "Q7"], ["P1", *UNKNOWN], "reject") == [1]
    assert capsys.readouterr().err == ""
