"""Where a data set grows: one ingest at a time, nothing stale taken up again."""

from dataclasses import replace

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.ingestion import (
    ingest_cohort,
    make_record,
    partial_directory,
    worker_pool,
)
from pipelines.ingestion.requested_cohort import requested_cohort
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.manifest import to_csv
from pipelines.storage.executors import Processes
from tests.pipelines.ingestion.test_ingest_cohort import _names


def test_two_ingests_into_one_place(tmp_path):
    # The lock belongs to the opened file: within a process as between two.
    out = tmp_path / "dataset"
    said = r"another ingest is writing .*dataset.partial \(process \d+ on "
    with partial_directory.held(out) as growing:
        with pytest.raises(UsageError, match=said), partial_directory.held(out):
            pass
        assert growing.is_dir()
    with partial_directory.held(out):
        pass


def test_what_an_end_leaves_can_be_held_again(tmp_path):
    out = tmp_path / "dataset"
    with pytest.raises(KeyboardInterrupt), partial_directory.held(out) as growing:
        (growing / "records").mkdir()
        raise KeyboardInterrupt
    with partial_directory.held(out) as growing:
        assert (growing / "records").is_dir()


def test_nothing_is_left_where_nothing_was_made(tmp_path):
    with partial_directory.held(tmp_path / "new" / "dataset"):
        pass
    assert list((tmp_path / "new").iterdir()) == []


def test_a_data_set_that_another_process_finished_first(tmp_path, monkeypatch):
    out = tmp_path / "dataset"
    monkeypatch.setattr(partial_directory, "_take", lambda *_: out.mkdir())
    with (
        pytest.raises(UsageError, match="never overwritten"),
        partial_directory.held(out),
    ):
        pass


def test_a_place_where_nothing_can_be_written(phantom, request_of, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="--out .* made: .*file is no directory"):
        ingest_cohort.ingest(request_of(phantom, out=tmp_path / "file" / "dataset"))


def test_a_linkage_file_that_can_not_be_written(phantom, request_of, tmp_path):
    (tmp_path / "linkage.csv").mkdir()
    with pytest.raises(UsageError, match="linkage.csv beside --key, names a file"):
        ingest_cohort.ingest(request_of(phantom))


def test_another_reference_makes_the_records_again(phantom, request_of, small_task):
    request = request_of(phantom)
    with partial_directory.held(request.out) as growing:
        folder = growing / "records"
        folder.mkdir()
        work_items = requested_cohort(
            request, _names(request), {}, processes=Processes(1)
        ).work_items[:1]
        worker_pool.run_all(work_items, small_task, str(folder), processes=Processes(1))
        grid = replace(small_task.grid, reference="T2WI")
        other = replace(small_task, grid=grid)
        assert (
            make_record.finished_before(work_items[0], small_task, str(folder))
            is not None
        )
        assert make_record.finished_before(work_items[0], other, str(folder)) is None


@pytest.mark.parametrize(
    ("name", "message"), [("labels", "is no file"), ("extend", "does not exist")]
)
def test_other_places_are_looked_at_first(phantom, request_of, tmp_path, name, message):
    place = phantom / "dicom" if name == "labels" else tmp_path / "nowhere"
    with pytest.raises(UsageError, match=message):
        request_of(phantom, **{name: place})


def test_a_source_of_another_kind(phantom, request_of):
    with pytest.raises(UsageError, match="is no directory"):
        request_of(phantom, source=phantom / "labels.csv")
    with pytest.raises(UsageError, match="is no file"):
        request_of(phantom, kind="table")


def test_the_key_lies_outside_the_extended_data_set(phantom, request_of, tmp_path):
    before = ingest_cohort.ingest(request_of(phantom, out=tmp_path / "before")).path
    request = request_of(phantom, extend=before, key=before / "my.key")
    with pytest.raises(UsageError, match="lies inside"):
        ingest_cohort.ingest(request)


def test_an_extended_data_set_must_not_leak(phantom, request_of, tmp_path):
    before = ingest_cohort.ingest(request_of(phantom, out=tmp_path / "before")).path
    data = open_dataset(before)
    first, *rows = read_manifest(data)
    split = "test" if first.split == "train" else "train"
    leaking = [first, replace(first, split=split), *rows]
    (before / "manifest.csv").write_text(to_csv(leaking, data.task), encoding="utf-8")
    with pytest.raises(DataError, match="is in two splits"):
        ingest_cohort.ingest(request_of(phantom, extend=before))
