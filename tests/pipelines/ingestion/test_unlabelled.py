"""Studies without a label: kept apart where no study of the patient has one."""

import csv
from dataclasses import replace

import nibabel
import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.ingestion import ingest_cohort
from pipelines.ingestion.request import Request
from pipelines.inspection import text
from pipelines.inspection.geometry import geometries
from pipelines.inspection.summary import summarise
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.verification import verify
from pipelines.splits.roles import fold_names, roles
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Split, Task

TASK = Task(
    name="kept",
    sequences=(Sequence(name="T2"),),
    target=Target(classes=("small", "large")),
    further_targets=(Target(kind="regression", columns=("volume_ml",), name="volume"),),
    covariates=("height_cm",),
    missing_label="keep",
    grid=Grid(shape=(4, 8, 8)),
    split=Split(train=0.5, validation=0.25, test=0.25),
)
# p0 to p7 have a labelled study each; p0 another one without a label. p8 has a row
# without a label, p9 and p10 have none, p10 two studies.
STUDIES = [f"p{n}/first" for n in range(11)] + ["p0/second", "p10/second"]
SITES = {f"p{n}": ("north", "south")[n % 2] for n in range(11)}


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    rows = []
    for number, study in enumerate(STUDIES):
        voxels = random.integers(1, 900, (8, 8, 4)).astype(np.int16)
        path = tmp_path / f"{number}.nii"
        nibabel.save(nibabel.Nifti1Image(voxels, np.diag([2.0, 2.0, 5.0, 1.0])), path)
        rows.append((study.split("/")[0], study, "T2", path.name))
    with open(tmp_path / "volumes.csv", "w", encoding="utf-8", newline="") as file:
        header = ("patient_id", "study_id", "sequence", "path")
        csv.writer(file).writerows([header, *rows])
    write_labels(tmp_path, range(8), ["p8/first,,3,150,north"])
    return tmp_path


def write_labels(folder, numbers, further=()):
    lines = [
        f"p{n}/first,{('small', 'large')[n % 2]},{n},{150 + n},{SITES[f'p{n}']}"
        for n in numbers
    ]
    header = "study_id,label,volume_ml,height_cm,site"
    (folder / "labels.csv").write_text(
        "\n".join([header, *lines, *further]) + "\n", encoding="utf-8"
    )


def ingest(folder, name="dataset", task=TASK, **changes):
    return ingest_cohort.ingest(
        Request(
            kind="table",
            source=folder / "volumes.csv",
            labels=folder / "labels.csv",
            task=task,
            key=folder / "k.key",
            out=folder / name,
            **changes,
        )
    )


def groups(result):
    """Of every patient by the source's id: the groups of the manifest."""
    found = {}
    named = linkage(result.path.parent)
    for row in read_manifest(open_dataset(result.path)):
        found.setdefault(named[row.patient_id], set()).add(row.group)
    return found


def linkage(folder):
    with open(folder / "linkage.csv", encoding="utf-8", newline="") as file:
        return {row["pseudonym"]: row["source_id"] for row in csv.DictReader(file)}


def test_they_are_records_of_a_group_of_their_own(folder):
    result = ingest(folder)
    data = open_dataset(result.path)
    assert verify(data) == []
    found = groups(result)
    assert {one for one in found if "unlabelled" in found[one]} == {"p8", "p9", "p10"}
    assert all(len(names) == 1 for names in found.values())
    count = data.counts["unlabelled"]
    assert (count.samples, count.patients) == (4, 3)
    assert not any(count.classes.values())
    for row in read_manifest(data):
        assert (row.target == ()) == (row.group == "unlabelled")
    known = [row.covariates[0] for row in read_manifest(data) if not row.target]
    assert np.nanmax(known) == 150 and np.isnan(known).sum() == 3


def test_a_row_that_is_probably_theirs_stops_before_anything_is_kept(folder):
    write_labels(folder, range(7), ["P07/first,large,7,157,south"])
    with pytest.raises(DataError, match=r"P07/first \(line 9\) .* images say p7/first"):
        ingest(folder)


def test_a_study_without_a_label_of_a_patient_with_one_is_left_out(folder):
    result = ingest(folder)
    (one,) = result.rejections
    assert one.code == "labelled_patient" and one.excluded and not result.faults
    assert "study p0/second" in one.private
    assert result.flow.unlabelled == 4 and result.flow.included == 12
    assert "unlabelled: 4 samples of 3 patients\n" in result.text() + "\n"
    assert result.flow.text.splitlines()[1:] == [
        "  -1 no label, of a patient who belongs to a split",
        "  12 studies included",
        "   4 of them without a label",
    ]


def test_inspect_shows_them(folder):
    data = open_dataset(ingest(folder).path)
    rows = read_manifest(data)
    shown = text.render(summarise(data, rows, geometries(data, progress=False), ()))
    line, of_age = (one for one in shown.splitlines() if one.startswith("unlabelled"))
    assert of_age.split()[:2] == ["unlabelled", "4"]
    assert line.split() == ["unlabelled", "4", "3", "0", "0"]
    assert "   4 of them without a label" in shown


def test_none_is_in_any_role_of_evaluation_of_any_fold(folder):
    plans = [Split(kind="folds", folds=3, holdout=0.25), Split(kind="folds", folds=3)]
    for number, plan in enumerate(plans):
        result = ingest(folder, f"dataset-{number}", replace(TASK, split=plan))
        found = groups(result)
        data = open_dataset(result.path)
        for fold in fold_names(data.groups, plan):
            played = roles(data.groups, plan, fold)
            for patient in ("p8", "p9", "p10"):
                assert {played[one] for one in found[patient]} == {"unlabelled"}


def test_a_site_that_is_left_out_is_left_out_whole(folder):
    sites = [f"p{n}/first,,,,{SITES[f'p{n}']}" for n in (8, 9, 10)]
    write_labels(folder, range(8), [*sites, "p10/second,,,,north"])
    task = replace(TASK, split=Split(kind="site", validation=0.25))
    result = ingest(folder, task=task)
    found, data = groups(result), open_dataset(result.path)
    for patient, site in SITES.items():
        (group,) = found[patient]
        name = linkage(folder)[group.partition("-")[2]]
        assert name == site
        role = roles(data.groups, task.split, group.partition("-")[2])[group]
        assert role == ("unused" if patient in ("p8", "p9", "p10") else "test")


def test_a_label_that_comes_later_lets_the_patient_train_and_nothing_else(folder):
    before = ingest(folder, "before")
    write_labels(folder, range(10))
    after = ingest(folder, "after", extend=before.path)
    was, now = groups(before), groups(after)
    assert now["p8"] == now["p9"] == {"train"}
    assert {one: now[one] for one in was if one not in ("p8", "p9")} == {
        one: was[one] for one in was if one not in ("p8", "p9")
    }


def test_a_patient_who_lost_the_label_does_not_become_unlabelled(folder):
    before = ingest(folder, "before")
    lost = min(one for one, names in groups(before).items() if names == {"test"})
    write_labels(folder, [n for n in range(8) if f"p{n}" != lost])
    after = ingest(folder, "after", extend=before.path)
    assert lost not in groups(after)
    left = [one.private for one in after.rejections if one.code == "labelled_patient"]
    assert len(left) == 2 and any(f"study {lost}/first" in one for one in left)


def test_a_copy_under_a_labelled_patient_costs_both(folder):
    (folder / "9.nii").write_bytes((folder / "3.nii").read_bytes())
    result = ingest(folder)
    assert [one.code for one in result.faults] == ["duplicate_study"] * 2
    assert not {"p3", "p9"} & groups(result).keys()


def test_nobody_has_a_label(folder):
    path = folder / "labels.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("/first", "/other"), encoding="utf-8"
    )
    with pytest.raises(DataError, match="11 patients, 11 different ones, 0 with"):
        ingest(folder)
