"""Ingest from end to end on a small phantom cohort."""

import shutil
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from pipelines.errors import UsageError
from pipelines.ingestion import ingest_cohort, make_record, worker_pool
from pipelines.ingestion.requested_cohort import requested_cohort
from pipelines.readers.dicom import scan
from pipelines.records import shards
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.encode import parser
from pipelines.records.verification import verify
from pipelines.storage.executors import Processes
from pipelines.tasks.task import Split


def content(folder):
    """Bytes of every file by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def assignments(folder):
    """Group of every patient."""
    return {row.patient_id: row.group for row in read_manifest(open_dataset(folder))}


def with_column(phantom, folder, name, values):
    """labels.csv with one more column."""
    header, *lines = (phantom / "labels.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{value}" for line, value in zip(lines, values, strict=True)]
    path = folder / "labels.csv"
    path.write_text("\n".join([f"{header},{name}", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_cohort_becomes_a_data_set(phantom, request_of):
    result = ingest_cohort.ingest(request_of(phantom))
    data = open_dataset(result.path)
    rows = read_manifest(data)
    assert len(rows) == 10 and not result.rejections and verify(data) == []
    assert {group: count.samples for group, count in data.counts.items()} == {
        "train": 6,
        "validation": 2,
        "test": 2,
    }
    parse = parser(data.task, require_target=True)
    for shard in data.shards:
        for record in shards.read(data.shard_path(shard)):
            fields = parse(record)
            assert fields["volume"].shape == (8, 16, 16, 1)
            assert np.ptp(fields["volume"]) > 0
    assert not (result.path.parent / "dataset.partial").exists()


@pytest.mark.parametrize("background_crop", [False, True])
def test_same_input_same_bytes_whatever_the_workers(
    phantom, request_of, tmp_path, monkeypatch, background_crop
):
    monkeypatch.setattr(scan, "_CHUNK", 7)  # so that several processes read headers
    contents = []
    for workers in (1, 2, 4):
        request = request_of(phantom, out=tmp_path / str(workers), workers=workers)
        steps = replace(request.task.steps, background_crop=background_crop)
        request = replace(request, task=replace(request.task, steps=steps))
        contents.append(content(ingest_cohort.ingest(request).path))
    assert contents[0] == contents[1] == contents[2]


def test_an_interrupted_ingest_continues(phantom, request_of, monkeypatch, tmp_path):
    whole = ingest_cohort.ingest(request_of(phantom, out=tmp_path / "whole")).path
    request = request_of(phantom)
    calls = []

    def stops_at_the_fourth(work_item, task, folder):
        calls.append(work_item.sample_id)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return work(work_item, task, folder)

    work = worker_pool.work
    monkeypatch.setattr(worker_pool, "work", stops_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        ingest_cohort.ingest(request)
    assert not request.out.exists()
    result = ingest_cohort.ingest(request)
    assert len(calls) == 4 + 7  # 3 of 10 were whole and are not made again
    assert content(result.path) == content(whole)


def test_a_record_is_made_again_when_it_no_longer_holds(source, request_of, studies):
    request = request_of(source)
    partial = request.out.with_name("dataset.partial") / "records"
    partial.mkdir(parents=True)
    work_items = requested_cohort(
        request, _names(request), {}, processes=Processes(1)
    ).work_items
    worker_pool.run_all(work_items, request.task, str(partial), processes=Processes(1))
    unchanged = make_record.finished_before(work_items[0], request.task, str(partial))
    assert unchanged is not None
    other = replace(request.task, grid=replace(request.task.grid, shape=(4, 16, 16)))
    assert make_record.finished_before(work_items[0], other, str(partial)) is None
    record = partial / f"{work_items[1].sample_id}.record"
    record.write_bytes(record.read_bytes()[:-1])
    assert (
        make_record.finished_before(work_items[1], request.task, str(partial)) is None
    )
    path = work_items[0].sources["T2WI"].files[0]
    with open(path, "ab") as file:
        file.write(b"\0\0")
    assert (
        make_record.finished_before(work_items[0], request.task, str(partial)) is None
    )


def _names(request):
    from pipelines.ingestion.cohort import Names
    from pipelines.privacy.linkage import Linkage
    from pipelines.privacy.privacy import load_key

    return Names(key=load_key(request.key), linkage=Linkage.beside(request.key))


def test_extend_moves_no_patient(phantom, request_of, tmp_path):
    few = tmp_path / "few"
    shutil.copytree(phantom, few)
    for folder in sorted((few / "dicom").iterdir())[6:]:
        shutil.rmtree(folder)
    before = ingest_cohort.ingest(request_of(few, out=tmp_path / "before")).path
    after = ingest_cohort.ingest(
        request_of(phantom, out=tmp_path / "after", extend=before)
    ).path
    assert assignments(before).items() <= assignments(after).items()
    assert len(assignments(after)) == 10


def only_new(phantom, folder, known):
    """The cohort without its first patients."""
    new = folder / "new"
    shutil.copytree(phantom, new)
    for patient in sorted((new / "dicom").iterdir())[:known]:
        shutil.rmtree(patient)
    return new


@pytest.mark.usefixtures("dealing_key")  # who is left is in every split
def test_patients_that_the_source_lacks_are_named(phantom, request_of, tmp_path):
    before = ingest_cohort.ingest(request_of(phantom, out=tmp_path / "before")).path
    new = only_new(phantom, tmp_path, 3)
    with pytest.raises(UsageError, match="lacks 3 samples of 3 patients") as caught:
        ingest_cohort.ingest(request_of(new, extend=before))
    header, *lines = (phantom / "labels.csv").read_text(encoding="utf-8").splitlines()
    named = [line.split(",")[0] in str(caught.value) for line in lines]
    assert sum(named) == 3
    dropped = ingest_cohort.ingest(request_of(new, extend=before, absent="drop"))
    assert len(assignments(dropped.path)) == 7 and dropped.kept == 0


def test_patients_that_the_source_lacks_are_kept(phantom, request_of, tmp_path):
    few = tmp_path / "few"
    shutil.copytree(phantom, few)
    for folder in sorted((few / "dicom").iterdir())[6:]:
        shutil.rmtree(folder)
    before = ingest_cohort.ingest(request_of(few, out=tmp_path / "before")).path
    new = only_new(phantom, tmp_path, 6)
    result = ingest_cohort.ingest(
        request_of(new, out=tmp_path / "after", extend=before, absent="keep")
    )
    assert result.kept == 6 and "6 records kept" in result.text()
    assert result.flow.included == 10 and verify(open_dataset(result.path)) == []
    was, now = (
        {
            row.sample_id: replace(row, shard="", position=0)
            for row in read_manifest(open_dataset(folder))
        }
        for folder in (before, result.path)
    )
    assert len(now) == 10 and was.items() <= now.items()


def test_records_of_another_grid_are_not_kept(
    phantom, request_of, tmp_path, small_task
):
    before = ingest_cohort.ingest(request_of(phantom, out=tmp_path / "before")).path
    new = only_new(phantom, tmp_path, 6)
    task = replace(small_task, grid=replace(small_task.grid, shape=(8, 16, 8)))
    with pytest.raises(UsageError, match="the task makes other ones"):
        ingest_cohort.ingest(request_of(new, extend=before, absent="keep", task=task))


def test_a_study_that_looks_like_another_patient_s_comes_in_with_a_warning(
    source, request_of, studies
):
    one, other, *_ = studies(source)
    whose = pydicom.dcmread(other[0])
    for path in one:  # as a second export with other intensities, under another id
        dataset = pydicom.dcmread(path)
        for keyword in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID"):
            setattr(dataset, keyword, getattr(whose, keyword))
        values = dataset.pixel_array
        dataset.PixelData = (values // 2 + 7).astype(values.dtype).tobytes()
        dataset.SOPInstanceUID = pydicom.uid.generate_uid(entropy_srcs=[path.name])
        dataset.save_as(other[0].with_name(f"copy-{path.name}"))
    for path in other:
        path.unlink()
    told = []
    result = ingest_cohort.ingest(request_of(source), left_out=told.append)
    assert result.flow.included == 10
    (first, second) = (
        row for row in read_manifest(open_dataset(result.path)) if row.warnings
    )
    assert second.sample_id in first.warnings and first.sample_id in second.warnings
    assert first.patient_id != second.patient_id
    ids = [pydicom.dcmread(one[0]).PatientID, whose.PatientID]
    assert all(f"patient {patient}, " in told[0].causes_text() for patient in ids)
    assert not any(patient in first.warnings for patient in ids)


def test_absent_belongs_to_extend(phantom, request_of):
    with pytest.raises(UsageError, match="Received: --absent keep alone"):
        request_of(phantom, absent="keep")


def test_extend_wants_the_same_key(phantom, request_of, tmp_path):
    before = ingest_cohort.ingest(request_of(phantom, out=tmp_path / "before")).path
    other = request_of(phantom, extend=before, key=tmp_path / "other.key")
    with pytest.raises(UsageError, match="made with another key"):
        ingest_cohort.ingest(other)


def test_folds_and_a_patient_who_only_trains(phantom, request_of, tmp_path, small_task):
    lines = (phantom / "labels.csv").read_text(encoding="utf-8").splitlines()
    labels = tmp_path / "labels.csv"
    rows = [
        f"{line},{'train_only' if n == 0 else ''}" for n, line in enumerate(lines[1:])
    ]
    labels.write_text("\n".join([lines[0] + ",role", *rows]) + "\n", encoding="utf-8")
    folds = replace(small_task.split, kind="folds", folds=3)
    task = replace(small_task, split=folds)
    result = ingest_cohort.ingest(request_of(phantom, labels=labels, task=task))
    groups = sorted(assignments(result.path).values())
    assert groups == ["fold-0"] * 3 + ["fold-1"] * 3 + ["fold-2"] * 3 + ["train"]


def test_split_by_site(phantom, request_of, tmp_path, small_task):
    lines = (phantom / "labels.csv").read_text(encoding="utf-8").splitlines()
    labels = tmp_path / "labels.csv"
    rows = [
        f"{line},{'north' if n < 4 else 'south'}" for n, line in enumerate(lines[1:])
    ]
    labels.write_text("\n".join([lines[0] + ",site", *rows]) + "\n", encoding="utf-8")
    by_site = replace(small_task.split, kind="site", validation=0.5)
    task = replace(small_task, split=by_site)
    result = ingest_cohort.ingest(request_of(phantom, labels=labels, task=task))
    groups = set(assignments(result.path).values())
    assert {group.split("-")[0] for group in groups} == {"site", "site_validation"}
    assert len({group.split("-")[1] for group in groups}) == 2
    assert b"north" not in b"".join(content(result.path).values())


def test_gzip_shards(phantom, request_of, small_task):
    task = replace(small_task, steps=replace(small_task.steps, gzip=True))
    assert (
        verify(open_dataset(ingest_cohort.ingest(request_of(phantom, task=task)).path))
        == []
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": None}, "name it with --labels"),
        ({"workers": 0}, "--workers is 1 or more"),
    ],
)
def test_a_wrong_request(phantom, request_of, change, message):
    with pytest.raises(UsageError, match=message):
        request_of(phantom, **change)


def test_a_task_that_crops_to_a_mask_wants_masks(phantom, request_of, small_task):
    steps = replace(small_task.steps, roi_share=0.8, background_crop=False)
    with pytest.raises(UsageError, match="with --masks .*Received: --dicom alone"):
        request_of(phantom, task=replace(small_task, steps=steps))


def test_a_source_that_is_not_there(request_of, tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        request_of(tmp_path / "nowhere")


def test_an_existing_data_set_is_not_overwritten(phantom, request_of, tmp_path):
    (tmp_path / "dataset").mkdir()
    with pytest.raises(UsageError, match="never overwritten"):
        ingest_cohort.ingest(request_of(phantom))


def test_key_and_data_set_lie_outside_the_source(source, request_of):
    inside = source / "dicom" / "inside"
    with pytest.raises(UsageError, match="would lie inside its source"):
        ingest_cohort.ingest(request_of(source, out=inside))
    with pytest.raises(UsageError, match="lies inside"):
        ingest_cohort.ingest(request_of(source, key=source / "dicom" / "my.key"))


def test_what_can_be_tried_with_one_patient_can_be(source, request_of, small_task):
    for folder in sorted((source / "dicom").iterdir())[1:]:
        shutil.rmtree(folder)
    header, first, *_ = (source / "labels.csv").read_text(encoding="utf-8").splitlines()
    (source / "labels.csv").write_text(f"{header}\n{first}\n", encoding="utf-8")
    task = replace(small_task, split=Split(train=1.0))
    result = ingest_cohort.ingest(request_of(source, task=task))
    assert {group: c.patients for group, c in result.counts.items()} == {"train": 1}
