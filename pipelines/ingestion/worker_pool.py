"""Orders worked off by processes: bounded, resumable, and no study sinks the rest."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool

from tqdm import tqdm

from pipelines.errors import StudyError
from pipelines.ingestion.make_record import RecordNote, finished_before, work
from pipelines.ingestion.work_item import WorkItem
from pipelines.storage.process_pool import process_pool
from pipelines.tasks.task import Task

Outcome = RecordNote | StudyError


def run_all(
    work_items: Sequence[WorkItem],
    task: Task,
    folder: str,
    *,
    workers: int,
    progress: bool = False,
) -> dict[str, Outcome]:
    """Makes the record of every order, at most `workers` at a time.

    Returns:
        By sample_id, in the order of `orders`: what is known of the record, or why
        there is none.
    """
    outcomes: dict[str, Outcome] = {}
    waiting = []
    for work_item in work_items:
        before = finished_before(work_item, task, folder)
        if before is None:
            waiting.append(work_item)
        else:
            outcomes[work_item.sample_id] = before
    with tqdm(
        total=len(work_items),
        initial=len(outcomes),
        desc="studies",
        unit="study",
        disable=None if progress else True,
    ) as bar:
        made = (
            _in_process(waiting, task, folder)
            if workers <= 1 or len(waiting) <= 1
            else _in_processes(waiting, task, folder, workers)
        )
        for sample_id, outcome in made:
            outcomes[sample_id] = outcome
            bar.update()
    return {
        work_item.sample_id: outcomes[work_item.sample_id] for work_item in work_items
    }


def _in_process(
    work_items: Sequence[WorkItem], task: Task, folder: str
) -> Iterator[tuple[str, Outcome]]:
    for work_item in work_items:
        yield work_item.sample_id, work(work_item, task, folder)


def _in_processes(
    work_items: Sequence[WorkItem], task: Task, folder: str, workers: int
) -> Iterator[tuple[str, Outcome]]:
    """Works off `orders` in a pool; after a crash, the suspects one at a time.

    A worker that dies (a decoder that crashes, the kernel short of memory) breaks the
    whole pool without saying on which study. So those under way are run again, each
    alone in a pool of its own, and only the one that kills that pool too is rejected.
    """
    queue = list(reversed(work_items))
    while queue:
        under_way: dict = {}
        with process_pool(workers) as pool:
            try:
                while queue or under_way:
                    while queue and len(under_way) < 2 * workers:
                        work_item = queue[-1]
                        under_way[pool.submit(work, work_item, task, folder)] = (
                            work_item
                        )
                        queue.pop()
                    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    for future in done:
                        outcome = future.result()
                        yield under_way.pop(future).sample_id, outcome
                return
            except BrokenProcessPool:
                suspects = list(under_way.values())
        for work_item in suspects:
            yield work_item.sample_id, _alone(work_item, task, folder)


def _alone(work_item: WorkItem, task: Task, folder: str) -> Outcome:
    with process_pool(1) as pool:
        try:
            return pool.submit(work, work_item, task, folder).result()
        except BrokenProcessPool:
            return StudyError(
                code="crashed",
                problem="reading the study killed its process",
                cure="Look for a damaged file or too little memory, or leave it out",
            )
