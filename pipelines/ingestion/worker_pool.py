"""Orders worked off by processes: bounded, resumable, and no study sinks the rest."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool

from tqdm import tqdm

from pipelines.errors import StudyError
from pipelines.ingestion.make_record import Finished, finished_before, work
from pipelines.ingestion.work_item import Order
from pipelines.storage.process_pool import process_pool
from pipelines.tasks.task import Task

Outcome = Finished | StudyError


def work_off(
    orders: Sequence[Order],
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
    for order in orders:
        before = finished_before(order, task, folder)
        if before is None:
            waiting.append(order)
        else:
            outcomes[order.sample_id] = before
    with tqdm(
        total=len(orders),
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
    return {order.sample_id: outcomes[order.sample_id] for order in orders}


def _in_process(
    orders: Sequence[Order], task: Task, folder: str
) -> Iterator[tuple[str, Outcome]]:
    for order in orders:
        yield order.sample_id, work(order, task, folder)


def _in_processes(
    orders: Sequence[Order], task: Task, folder: str, workers: int
) -> Iterator[tuple[str, Outcome]]:
    """Works off `orders` in a pool; after a crash, the suspects one at a time.

    A worker that dies (a decoder that crashes, the kernel short of memory) breaks the
    whole pool without saying on which study. So those under way are run again, each
    alone in a pool of its own, and only the one that kills that pool too is rejected.
    """
    queue = list(reversed(orders))
    while queue:
        under_way: dict = {}
        with process_pool(workers) as pool:
            try:
                while queue or under_way:
                    while queue and len(under_way) < 2 * workers:
                        order = queue[-1]
                        under_way[pool.submit(work, order, task, folder)] = order
                        queue.pop()
                    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    for future in done:
                        outcome = future.result()
                        yield under_way.pop(future).sample_id, outcome
                return
            except BrokenProcessPool:
                suspects = list(under_way.values())
        for order in suspects:
            yield order.sample_id, _alone(order, task, folder)


def _alone(order: Order, task: Task, folder: str) -> Outcome:
    with process_pool(1) as pool:
        try:
            return pool.submit(work, order, task, folder).result()
        except BrokenProcessPool:
            return StudyError(
                code="crashed",
                problem="reading the study killed its process",
                cure="Look for a damaged file or too little memory, or leave it out",
            )
