"""Executors: any will do."""

from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor

import pytest

from pipelines.errors import DataError, StudyError
from pipelines.ingestion import ingest_cohort, worker_pool
from pipelines.ingestion.make_record import RecordNote
from pipelines.storage.executors import Processes
from tests.pipelines.ingestion.test_worker_pool_crash import work_items


def note(work_item, task, folder):
    """Stands in for `work`: always a record."""
    return RecordNote(
        digest=work_item.sample_id,
        checksum="",
        clipped=(),
        volume_hash="",
        channel_hashes=(),
    )


def never(*_):
    raise AssertionError("no process is wanted")


class Cluster:
    """An executor with a `submit` and no more, whose third job ends as it is told."""

    def __init__(self, third):
        self.jobs = 0
        self.third = third

    def submit(self, function, *arguments):
        self.jobs += 1
        future = Future()
        if self.jobs == 3:
            self.third(future)
        else:
            future.set_result(function(*arguments))
        return future


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """Runs work items that need no files, and starts no process."""
    monkeypatch.setattr(worker_pool, "work", note)
    monkeypatch.setattr(worker_pool, "_in_processes", never)

    def run(number, *, workers, **options):
        return worker_pool.run_all(
            work_items(number),
            None,
            str(tmp_path),
            processes=Processes(workers),
            **options,
        )

    return run


def test_one_worker_is_the_program_itself(bare):
    assert list(bare(3, workers=1)) == ["0", "1", "2"]


def test_threads_do_as_well_as_processes(bare):
    with ThreadPoolExecutor(3) as threads:
        outcomes = bare(20, workers=3, executor=threads)
    assert [out.digest for out in outcomes.values()] == [str(i) for i in range(20)]


def test_no_more_is_under_way_than_the_workers_can_take(bare):
    class Counting(ThreadPoolExecutor):
        most = under_way = 0

        def submit(self, *arguments):
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            future = super().submit(*arguments)
            future.add_done_callback(self.count_down)
            return future

        def count_down(self, _):
            self.under_way -= 1

    with Counting(2) as threads:
        bare(30, workers=2, executor=threads)
    assert threads.most <= 4


@pytest.mark.parametrize(
    ("third", "name"),
    [
        (lambda future: future.set_exception(RuntimeError("node 7")), "RuntimeError"),
        (
            lambda future: (future.cancel(), future.set_running_or_notify_cancel()),
            "Can",
        ),
    ],
)
def test_a_job_that_fails_is_one_study(bare, third, name):
    outcomes = bare(5, workers=2, executor=Cluster(third))
    failed = {one: out for one, out in outcomes.items() if isinstance(out, StudyError)}
    assert set(failed) == {"2"} and name in failed["2"].problem


def test_a_fault_of_the_disk_ends_the_run(bare):
    full = Cluster(lambda future: future.set_exception(DataError("the disk is full")))
    with pytest.raises(DataError, match="the disk is full"):
        bare(5, workers=2, executor=full)


def test_an_executor_that_breaks_ends_the_run(bare):
    gone = Cluster(lambda future: future.set_exception(BrokenExecutor("no scheduler")))
    with pytest.raises(DataError, match=r"has failed \(no scheduler\)\. Mend it"):
        bare(5, workers=2, executor=gone)


def test_ingest_takes_an_executor(phantom, request_of, monkeypatch):
    monkeypatch.setattr(worker_pool, "_in_processes", never)
    with ThreadPoolExecutor(2) as threads:
        result = ingest_cohort.ingest(request_of(phantom, workers=2), executor=threads)
    assert result.flow.included == 10
