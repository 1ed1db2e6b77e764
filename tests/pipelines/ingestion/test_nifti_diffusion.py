"""Diffusion of BIDS to an ADC: a table that names b-values, ingest, and a new study."""

import csv
import dataclasses

import numpy as np
import pytest

from pipelines.errors import UsageError
from pipelines.ingestion import check, ingest_cohort
from pipelines.ingestion.new_study import nifti_record
from pipelines.ingestion.request import Request
from pipelines.ingestion.work_item import NiftiSource
from pipelines.records import shards
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.encode import parser
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Split, Task
from tests.pipelines.readers import nifti_diffusion

B = (0, 400, 800)
PATIENTS = 4
NAMES = [f"DWI_b{b}" for b in B]


def sources(**of_800):
    return (
        Sequence(name="DWI_b0", channel=False),
        Sequence(name="DWI_b400", channel=False, directions="trace"),
        Sequence(**{"name": "DWI_b800", "directions": "trace"} | of_800),
    )


TASK = Task(
    name="diffusion",
    sequences=(
        *sources(),
        Sequence(name="ADC", derive=f"adc({', '.join(NAMES)})"),
    ),
    target=Target(classes=("a", "b")),
    grid=Grid(shape=(6, 16, 16)),
    split=Split(train=1.0),
)


def with_800(**changes):
    return dataclasses.replace(TASK, sequences=(*sources(**changes), TASK.sequences[3]))


def path_of(folder, number):
    return folder / f"sub-{number}" / "dwi" / f"sub-{number}_dwi.nii.gz"


def write_table(folder, frames=("b=0", "b=400", "b=800")):
    rows = [
        (f"p{n}", f"s{n}", name, path_of(folder, n).relative_to(folder), frame)
        for n in range(PATIENTS)
        for name, frame in zip(NAMES, frames)
    ]
    with open(folder / "volumes.csv", "w", encoding="utf-8", newline="") as file:
        head = ("patient_id", "study_id", "sequence", "path", "frame")
        csv.writer(file).writerows([head, *rows])


@pytest.fixture
def bids(tmp_path):
    """Four patients with a 4-D file, its sidecars, and the table of their shells."""
    folder = tmp_path / "bids"
    for number in range(PATIENTS):
        path = path_of(folder, number)
        path.parent.mkdir(parents=True)
        tensors = nifti_diffusion.tensors(number)
        voxels = nifti_diffusion.signals(tensors, seed=number)
        nifti_diffusion.write(path, voxels)
    write_table(folder)
    labels = [f"p{n},{'ab'[n % 2]}" for n in range(PATIENTS)]
    text = "\n".join(["patient_id,label", *labels]) + "\n"
    (folder / "labels.csv").write_text(text, encoding="utf-8")
    return folder


def request(folder, task=TASK, name="dataset"):
    return Request(
        kind="table",
        source=folder / "volumes.csv",
        labels=folder / "labels.csv",
        task=task,
        key=folder.parent / "k.key",
        out=folder.parent / name,
    )


def records(path):
    data = open_dataset(path)
    return [
        record
        for shard in data.shards
        for record in shards.read(data.shard_path(shard))
    ]


def volumes(many, task=TASK):
    """Channels of records, `[D, H, W, C]`."""
    parse = parser(task, require_target=False)
    return [parse(record)["volume"].numpy() for record in many]


def named(folder, number, *frames):
    return {
        name: f"{path_of(folder, number)}#{frame}"
        for name, frame in zip(NAMES, frames or [f"b={b}" for b in B])
    }


def codes(folder, task=TASK):
    checked = check.check(request(folder, task))
    return {one.code for one in checked.flow.excluded}, checked


def test_the_coefficient_is_the_mean_diffusivity(bids):
    result = ingest_cohort.ingest(request(bids))
    assert not result.rejections
    made = [volume[..., 1] for volume in volumes(records(result.path))]
    assert len(made) == PATIENTS
    for number in range(PATIENTS):
        tensors = nifti_diffusion.tensors(number)
        known = np.trace(tensors, axis1=-2, axis2=-1) / 3 * 1e6  # 1e-6 mm2/s
        assert known.min() > 300 and known.max() < 3000
        # The file runs to right, anterior, superior; the grid to superior, posterior,
        # left. A record does not say whose it is: one of all must be this patient's.
        expected = np.transpose(known, (2, 1, 0))[:, ::-1, ::-1]
        off = min(float(np.abs(volume - expected).max()) for volume in made)
        assert off <= 0.51  # rounded to whole numbers, of float32 signals


def test_the_manifest_says_what_was_made(bids):
    result = ingest_cohort.ingest(request(bids))
    rows = read_manifest(open_dataset(result.path))
    assert {row.warnings for row in rows} == {
        "DWI_b0: geometric mean over 2 repeated images at b = 0; "
        "DWI_b400: geometric mean over 6 gradient directions at b = 400; "
        "DWI_b800: geometric mean over 6 gradient directions at b = 800"
    }
    written = b"".join(
        path.read_bytes() for path in result.path.rglob("*") if path.is_file()
    )
    assert b"dwi.nii" not in written and b"sub-1" not in written


def test_a_new_study_has_the_records_of_ingest(bids):
    result = ingest_cohort.ingest(request(bids))
    new = [nifti_record(named(bids, n), TASK) for n in range(PATIENTS)]
    assert [one.error for one in new] == [None] * PATIENTS
    assert {v.tobytes() for v in volumes(one.record for one in new)} == {
        v.tobytes() for v in volumes(records(result.path))
    }


def test_frames_by_number_have_their_b_value_from_the_sidecar(bids):
    write_table(bids, (0, 2, 8))
    assert codes(bids)[0] == set()
    rows = read_manifest(open_dataset(ingest_cohort.ingest(request(bids)).path))
    assert {row.warnings for row in rows} == {""}
    for number in range(PATIENTS):
        path_of(bids, number).with_name(f"sub-{number}_dwi.bval").unlink()
    assert codes(bids)[0] == {"no_b_value"}


def test_a_sidecar_changes_nothing_but_what_is_known(bids):
    """Frames by number: with b-values in the task file, records are the same bytes."""
    write_table(bids, (0, 2, 8))
    stated = dataclasses.replace(
        TASK,
        sequences=tuple(
            one if one.derive else dataclasses.replace(one, b_value=float(one.name[5:]))
            for one in TASK.sequences
        ),
    )
    first = records(ingest_cohort.ingest(request(bids, stated)).path)
    for path in [*bids.rglob("*.bval"), *bids.rglob("*.bvec")]:
        path.unlink()
    second = records(ingest_cohort.ingest(request(bids, stated, "again")).path)
    assert first == second


@pytest.mark.parametrize(
    ("changes", "frames", "code"),
    [
        ({"b_value": 900.0}, ("b=0", "b=400", "b=800"), "other_b_value"),
        ({"b_value": 800.0}, ("b=0", "b=400", "b=400"), "other_b_value"),
        ({"b_value": 800.0}, (0, 2, 3), "other_b_value"),
        ({}, ("b=0", "b=400", "b=400"), "same_b_value"),
        ({}, ("b=0", "b=400", "b=600"), "no_such_shell"),
        ({"directions": None}, ("b=0", "b=400", "b=800"), "several_directions"),
    ],
)
def test_refused_by_headers_alone(bids, changes, frames, code):
    task = with_800(**changes)
    write_table(bids, frames)
    found, checked = codes(bids, task)
    assert found == {code} and checked.flow.included == 0
    words = [f if isinstance(f, str) else f"frame={f}" for f in frames]
    assert nifti_record(named(bids, 0, *words), task).error.code == code


@pytest.mark.parametrize(
    ("ending", "text", "code"),
    [
        ("bval", "0 0 400", "bad_b_values"),
        ("bval", "0 0 " + "400 " * 6 + "-800 " * 6, "bad_b_values"),
        ("bvec", "1 0 0\n0 1 0\n0 0 1\n", "bad_directions"),
        (
            "bvec",
            f"0 0{' 1 0' * 6}\n0 0{' 0 1' * 6}\n{'0 ' * 14}",
            "too_few_directions",
        ),
    ],
    ids=["too few", "negative", "of three frames", "in one plane"],
)
def test_a_bad_sidecar_is_its_study_s_fault(bids, ending, text, code):
    path_of(bids, 1).with_name(f"sub-1_dwi.{ending}").write_text(text, encoding="utf-8")
    result = ingest_cohort.ingest(request(bids))
    (one,) = result.rejections
    assert one.code == code and "sub-1_dwi" in one.private
    assert result.flow.included == PATIENTS - 1
    rejected = (result.path / "rejected.csv").read_text(encoding="utf-8")
    assert code in rejected and "sub-1" not in rejected


def test_repeats_of_one_direction_are_no_trace(bids):
    """As one direction of DICOM they come in, and the manifest says what they are."""
    for number in range(PATIENTS):
        path_of(bids, number).with_name(f"sub-{number}_dwi.bvec").write_text(
            f"{'0 ' * 14}\n0 0{' 1' * 12}\n{'0 ' * 14}\n", encoding="utf-8"
        )
    task = with_800(directions=None)
    rows = read_manifest(open_dataset(ingest_cohort.ingest(request(bids, task)).path))
    repeated = "DWI_b800: geometric mean over 6 repeated images at b = 800"
    assert all(row.warnings.endswith(repeated) for row in rows)


def test_a_sidecar_that_changed_is_read_again(bids):
    item = check.check(request(bids)).work_items[0]
    before = item.digest(TASK)
    assert item.digest(TASK) == before
    source = item.sources["DWI_b800"]
    assert source.part == "b=800" and len(source.files) == 3
    with open(source.files[1], "a", encoding="utf-8") as file:
        file.write("\n")
    assert item.digest(TASK) != before


def test_a_source_without_sidecars_has_the_digest_of_before(tmp_path):
    source = NiftiSource(path=str(tmp_path / "t1.nii.gz"), frame=3)
    assert (source.files, source.part) == ((source.path,), "3")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ("frame=b=800", "a frame is a number from 0.*by its b-value.*#b=800"),
        ("b=high", "a b-value is a number of 0 or more.*Received: .*#b=high"),
        ("b=", "a b-value is a number of 0 or more"),
    ],
)
def test_a_frame_that_is_named_wrongly(bids, frame, message):
    with pytest.raises(UsageError, match=message):
        nifti_record({"DWI_b0": f"{path_of(bids, 0)}#{frame}"}, TASK)


def test_series_of_their_own_make_a_mean_where_a_shell_is_named(bids):
    task = Task(
        name="series",
        unit="series",
        sequences=tuple(Sequence(name=name) for name in NAMES),
        target=Target(source="sequence", classes=tuple(NAMES)),
        grid=Grid(shape=(6, 16, 16)),
        split=TASK.split,
    )
    result = ingest_cohort.ingest(dataclasses.replace(request(bids, task), labels=None))
    assert not result.rejections and result.flow.included == 3 * PATIENTS
    new = nifti_record({"series": f"{path_of(bids, 0)}#b=800"}, task)
    made = {v.tobytes() for v in volumes(records(result.path), task)}
    assert volumes([new.record], task)[0].tobytes() in made
