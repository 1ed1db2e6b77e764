"""Work items run by an executor: bounded, resumable, and no study sinks the rest."""

from collections.abc import Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)

from tqdm import tqdm

from pipelines.errors import DataError, StudyError
from pipelines.ingestion.make_record import RecordNote, finished_before, work
from pipelines.ingestion.study_fault import attempt
from pipelines.ingestion.work_item import WorkItem
from pipelines.storage.executors import InProcess, Processes
from pipelines.tasks.task import Task

Outcome = RecordNote | StudyError
UnderWay = dict[Future, WorkItem]


def run_all(
    work_items: Sequence[WorkItem],
    task: Task,
    folder: str,
    *,
    processes: Processes,
    executor: Executor | None = None,
    progress: bool = False,
) -> dict[str, Outcome]:
    """Makes the record of every work item.

    Args:
        folder: where the records are written, or are already; seen by all workers.
        processes: those of this machine; dismissed when the work is done.
        executor: what runs the work instead, by its `submit`, with as many workers;
            twice as many work items are under way.

    Returns:
        By sample_id, in the order of `work_items`: what is known of the record, or why
        there is none.

    Raises:
        DataError: the disk takes no more, or the executor that was given has failed.
        UsageError: no worker can be started.
    """
    outcomes: dict[str, Outcome] = {}
    waiting = []
    for work_item in work_items:
        before = finished_before(work_item, task, folder)
        if before is None:
            waiting.append(work_item)
        else:
            outcomes[work_item.sample_id] = before
    workers = processes.workers
    if executor is None and (workers <= 1 or len(waiting) <= 1):
        executor, workers = InProcess(), 1
    if executor is not None:
        processes.dismiss()
    with tqdm(
        total=len(work_items),
        initial=len(outcomes),
        desc="studies",
        unit="study",
        disable=None if progress else True,
    ) as bar:
        made = (
            _in_processes(waiting, task, folder, processes)
            if executor is None
            else _by_executor(waiting, task, folder, workers, executor)
        )
        for sample_id, outcome in made:
            outcomes[sample_id] = outcome
            bar.update()
    return {
        work_item.sample_id: outcomes[work_item.sample_id] for work_item in work_items
    }


def _by_executor(
    work_items: Sequence[WorkItem],
    task: Task,
    folder: str,
    workers: int,
    executor: Executor,
) -> Iterator[tuple[str, Outcome]]:
    try:
        queue, under_way = list(reversed(work_items)), {}
        yield from _work_off(queue, under_way, task, folder, workers, executor)
    except BrokenExecutor as error:
        raise DataError(
            f"what runs the work has failed ({error}). Mend it and run the same "
            "command again: finished studies are kept"
        ) from error


def _in_processes(
    work_items: Sequence[WorkItem], task: Task, folder: str, processes: Processes
) -> Iterator[tuple[str, Outcome]]:
    """Works in a pool of processes; after a crash, the suspects one at a time.

    A worker that dies (a decoder that crashes, the kernel short of memory) breaks the
    whole pool without saying on which study. So those under way are run again, each
    alone in a pool of its own, and only the one that kills that pool too is rejected.
    """
    queue, workers = list(reversed(work_items)), processes.workers
    while queue:
        under_way: UnderWay = {}
        try:
            pool = processes.pool()
            yield from _work_off(queue, under_way, task, folder, workers, pool)
        except BrokenExecutor:
            suspects = list(under_way.values())
        else:
            suspects = []
        processes.dismiss()
        for work_item in suspects:
            yield work_item.sample_id, _alone(work_item, task, folder)


def _work_off(
    queue: list[WorkItem],
    under_way: UnderWay,
    task: Task,
    folder: str,
    workers: int,
    executor: Executor,
) -> Iterator[tuple[str, Outcome]]:
    """Takes work items from the end of `queue`; what is with the executor is noted.

    Raises:
        BrokenExecutor: the executor has failed, maybe by one of those `under_way`.
    """
    while queue or under_way:
        while queue and len(under_way) < 2 * workers:
            future = executor.submit(work, queue[-1], task, folder)
            under_way[future] = queue.pop()
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            failure = None if future.cancelled() else future.exception()
            if isinstance(failure, BrokenExecutor):
                raise failure
            outcome = attempt(future.result)
            yield under_way.pop(future).sample_id, outcome


def _alone(work_item: WorkItem, task: Task, folder: str) -> Outcome:
    with Processes(1) as one:
        try:
            return one.pool().submit(work, work_item, task, folder).result()
        except BrokenExecutor:
            return StudyError(
                code="crashed",
                problem="reading the study killed its process",
                cure="Look for a damaged file or too little memory, or leave it out",
            )
