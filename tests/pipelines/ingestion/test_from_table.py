"""Tables of NIfTI files, and MedMNIST3D files, as sources."""

import csv
from dataclasses import fields, replace

import nibabel
import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from pipelines.ingestion import ingest_cohort
from pipelines.ingestion.causes import causes
from pipelines.ingestion.check import check
from pipelines.ingestion.request import Request, SourceRequest
from pipelines.records import shards
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.encode import parser
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Split, Task

TASK = Task(
    name="table",
    sequences=(Sequence(name="ED"), Sequence(name="ES", required=False)),
    target=Target(classes=("small", "large")),
    covariates=("height_cm",),
    grid=Grid(shape=(6, 16, 16)),
    split=Split(train=0.5, validation=0.25, test=0.25),
)


@pytest.fixture
def table(tmp_path):
    """Eight patients with two NIfTI files each, volumes.csv and labels.csv."""
    folder = tmp_path / "nifti"
    folder.mkdir()
    random = np.random.default_rng(0)
    rows = []
    for number in range(8):
        for sequence in ("ED", "ES"):
            voxels = random.integers(1, 900, (16, 16, 6)).astype(np.int16)
            name = f"{number}-{sequence}.nii.gz"
            affine = np.diag([2.0, 2.0, 5.0, 1.0])
            nibabel.save(nibabel.Nifti1Image(voxels, affine), folder / name)
            rows.append((f"p{number}", f"s{number}", sequence, name))
    with open(folder / "volumes.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("patient_id", "study_id", "sequence", "path"), *rows]
        )
    labels = [f"p{n},{('small', 'large')[n % 2]},{150 + n}" for n in range(8)]
    text = "\n".join(["patient_id,label,height_cm", *labels]) + "\n"
    (folder / "labels.csv").write_text(text, encoding="utf-8")
    return folder


def request(folder, tmp_path, **changes):
    fields = {
        "kind": "table",
        "source": folder / "volumes.csv",
        "labels": folder / "labels.csv",
        "task": TASK,
        "key": tmp_path / "k.key",
        "out": tmp_path / "dataset",
    }
    return Request(**(fields | changes))


def parsed(path):
    """All records of a data set, parsed."""
    data = open_dataset(path)
    parse = parser(data.task, require_target=True)
    return [
        parse(record)
        for shard in data.shards
        for record in shards.read(data.shard_path(shard))
    ]


def test_two_sequences_become_two_channels(table, tmp_path):
    result = ingest_cohort.ingest(request(table, tmp_path))
    records = parsed(result.path)
    assert len(records) == 8 and not result.rejections
    heights = sorted(float(one["covariates"][0]) for one in records)
    assert heights == [150 + n for n in range(8)]
    row = read_manifest(open_dataset(result.path))[0]
    assert row.covariates[0] in heights


def test_an_optional_sequence_may_be_missing(table, tmp_path):
    lines = (table / "volumes.csv").read_text(encoding="utf-8").splitlines()
    (table / "volumes.csv").write_text(
        "\n".join([*lines[:2], *lines[3:]]) + "\n", encoding="utf-8"
    )
    records = parsed(ingest_cohort.ingest(request(table, tmp_path)).path)
    present = sorted(tuple(one["present"].numpy()) for one in records)
    assert present == [(1.0, 0.0)] + [(1.0, 1.0)] * 7


def test_a_required_sequence_excludes(table, tmp_path):
    lines = (table / "volumes.csv").read_text(encoding="utf-8").splitlines()
    (table / "volumes.csv").write_text(
        "\n".join([lines[0], *lines[2:]]) + "\n", encoding="utf-8"
    )
    result = ingest_cohort.ingest(request(table, tmp_path))
    (one,) = result.rejections
    assert one.code == "missing_sequence" and one.excluded


def test_a_file_that_is_missing_or_broken(table, tmp_path):
    (table / "0-ED.nii.gz").unlink()
    broken = table / "2-ES.nii.gz"
    broken.write_bytes(broken.read_bytes()[:-40])
    voxels = np.full((16, 16, 6), np.nan, np.float32)
    image = nibabel.Nifti1Image(voxels, np.eye(4))
    nibabel.save(image, table / "5-ED.nii.gz")
    result = ingest_cohort.ingest(request(table, tmp_path))
    codes = {one.code for one in result.faults}
    assert codes == {"missing_file", "unreadable", "nan_voxels"}
    assert result.flow.included == 5


def test_a_sequence_that_the_task_does_not_name_is_counted(table, tmp_path):
    text = (table / "volumes.csv").read_text(
        encoding="utf-8"
    ) + "p0,s0,LGE,0-ED.nii.gz\n"
    (table / "volumes.csv").write_text(text, encoding="utf-8")
    result = ingest_cohort.ingest(request(table, tmp_path))
    assert list(result.skipped.values()) == [1] and result.flow.included == 8


def test_series_of_a_table_are_named_by_it(table, tmp_path):
    task = Task(
        name="series",
        unit="series",
        sequences=(Sequence(name="ED"), Sequence(name="ES")),
        target=Target(source="sequence", classes=("ED", "ES")),
        grid=Grid(shape=(6, 16, 16)),
        split=TASK.split,
    )
    result = ingest_cohort.ingest(request(table, tmp_path, task=task, labels=None))
    targets = sorted(float(one["target"][0]) for one in parsed(result.path))
    assert targets == [0.0] * 8 + [1.0] * 8


def masked(table, without=(), empty=()):
    """Gives studies a mask: in three of the six slices, largest in the fourth."""
    lines = (table / "volumes.csv").read_text(encoding="utf-8").splitlines()
    for number in range(8):
        mask = np.zeros((16, 16, 6), np.uint8)
        if number not in empty:
            mask[4:9, 5:8, 2:5] = 1
            mask[4:10, 5:8, 3] = 1
        image = nibabel.Nifti1Image(mask, np.diag([2.0, 2.0, 5.0, 1.0]))
        nibabel.save(image, table / f"{number}-mask.nii.gz")
    rows = [
        line + ("," if int(line[1]) in without else f",{line[1]}-mask.nii.gz")
        for line in lines[1:]
    ]
    (table / "volumes.csv").write_text(
        "\n".join([lines[0] + ",mask", *rows]) + "\n", encoding="utf-8"
    )


ROI_TASK = replace(
    TASK, grid=Grid(shape=(3, 3, 6)), steps=Steps(roi_slices=3, roi_share=1.0)
)


def test_a_mask_decides_what_the_record_holds(table, tmp_path):
    masked(table, without=(2,), empty=(5,))
    result = ingest_cohort.ingest(request(table, tmp_path, task=ROI_TASK))
    assert {one.code for one in result.faults} == {"no_mask", "empty_mask"}
    assert result.flow.included == 6
    whole = ingest_cohort.ingest(request(table, tmp_path, out=tmp_path / "whole"))
    by_id = {one["sample_id"].numpy(): one["volume"] for one in parsed(whole.path)}
    for one in parsed(result.path):
        expected = by_id[one["sample_id"].numpy()].numpy()
        # NIfTI's x and y run to the right and the front: H and W are turned around
        box = expected[2:5, 16 - 8 : 16 - 5, 16 - 10 : 16 - 4]
        np.testing.assert_array_equal(one["volume"], box)


def npz(path, labels):
    """A MedMNIST3D file of 8³ volumes with the given labels in each split."""
    random = np.random.default_rng(0)
    arrays = {}
    for split in ("train", "val", "test"):
        shape = (len(labels), 8, 8, 8)
        arrays[f"{split}_images"] = random.integers(0, 256, shape).astype(np.uint8)
        arrays[f"{split}_labels"] = np.array(labels)[:, None]
    np.savez(path, **arrays)
    return arrays


def medmnist_task(**changes):
    fields = {
        "name": "mnist",
        "sequences": (Sequence(name="shape"),),
        "target": Target(classes=("a", "b")),
        "grid": Grid(shape=(8, 8, 8)),
        "split": Split(kind="official"),
    }
    return Task(**(fields | changes))


def test_medmnist_keeps_voxels_and_split(tmp_path):
    arrays = npz(tmp_path / "small.npz", [0, 1, 0, 1])
    path = ingest_cohort.ingest(
        Request(
            kind="medmnist",
            source=tmp_path / "small.npz",
            task=medmnist_task(),
            key=tmp_path / "k.key",
            out=tmp_path / "dataset",
        )
    ).path
    data = open_dataset(path)
    assert {group: c.samples for group, c in data.counts.items()} == {
        "train": 4,
        "validation": 4,
        "test": 4,
    }
    stored = {one["volume"].numpy()[..., 0].tobytes() for one in parsed(path)}
    everything = np.concatenate(
        [arrays[f"{s}_images"] for s in ("train", "val", "test")]
    )
    assert stored == {one.astype(np.float32).tobytes() for one in everything}


@pytest.mark.parametrize(
    ("labels", "changes", "kind", "message"),
    [
        ([0, 1, 2, 1], {}, DataError, "has a label 2; the task mnist has 2 classes"),
        (
            [0, 1, 0, 1],
            {"sequences": (Sequence(name="a"), Sequence(name="b"))},
            UsageError,
            "wants a task with one sequence",
        ),
    ],
)
def test_a_medmnist_file_of_another_task(tmp_path, labels, changes, kind, message):
    npz(tmp_path / "small.npz", labels)
    with pytest.raises(kind, match=message):
        ingest_cohort.ingest(
            Request(
                kind="medmnist",
                source=tmp_path / "small.npz",
                task=medmnist_task(**changes),
                key=tmp_path / "k.key",
                out=tmp_path / "dataset",
            )
        )


def test_headers_and_the_table_tell_what_ingest_would_reject(table, tmp_path):
    masked(table, without=(2,))
    text = (table / "volumes.csv").read_text(encoding="utf-8").splitlines()
    text[7] = text[7].replace("3-mask.nii.gz", "absent.nii.gz")
    text[8] = text[8].replace("3-mask.nii.gz", "absent.nii.gz")
    header = text[0] + ",frame"
    rows = [row + (",4" if row.startswith("p4") else ",") for row in text[1:]]
    (table / "volumes.csv").write_text(
        "\n".join([header, *rows]) + "\n", encoding="utf-8"
    )
    faults = {one.code: one for one in checked(table, tmp_path, ROI_TASK).faults}
    assert {*faults} == {"no_mask", "missing_file", "no_such_frame"}
    assert "study s3" in faults["missing_file"].whose


def test_a_sequence_that_is_called_otherwise_is_named(table, tmp_path):
    text = (
        (table / "volumes.csv")
        .read_text(encoding="utf-8")
        .replace(",ES,", ",end-systole,")
    )
    (table / "volumes.csv").write_text(text, encoding="utf-8")
    task = replace(TASK, sequences=(Sequence(name="ED"), Sequence(name="ES")))
    (cause,) = causes(checked(table, tmp_path, task).rejections)
    assert (cause.subject, cause.number) == ("ES", 8)
    assert cause.instead == {"end-systole": 8}


def checked(table, tmp_path, task):
    """What headers and tables say is left out."""
    asked = request(table, tmp_path, task=task)
    names = [field.name for field in fields(SourceRequest)]
    return check(
        SourceRequest(**{name: getattr(asked, name) for name in names})
    ).left_out
