"""Work in several threads, its results in the order of what came in."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, threads: int
) -> Iterator[Result]:
    """The result of each item, first come first given.

    Items are taken while others are worked on, at most twice as many as there are
    threads before a result is given: what was read of a source that is faster than the
    work does not fill memory.
    """
    pool = ThreadPoolExecutor(threads)
    waiting = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            while waiting and (waiting[0].done() or len(waiting) > 2 * threads):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Who is interrupted does not wait for answers that nobody wants any more.
        pool.shutdown(wait=False, cancel_futures=True)
