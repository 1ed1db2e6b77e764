"""What runs work beside the program: processes of this machine, or nothing but it."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, resource_tracker

from pipelines.errors import UsageError
from pipelines.storage import freed_memory

_ORPHANED = 1  # exit code
_FREED_BYTES = 2**27  # that a worker keeps for its next volume
# What workers run, named and not imported: only the server loads it.
_WORK = ["pipelines.ingestion.make_record"]
_CURE = (
    "Write the call into a file, below `if __name__ == '__main__':`, and run that, or "
    "take one worker (workers=1, --workers 1)"
)


class InProcess(Executor):
    """Runs what is submitted at once, in the program itself."""

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        """A future that is done: the outcome of the call, or what it raised."""
        future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def start_server() -> None:
    """Starts the server that processes are forked from, and does not wait for it.

    Where much has to be loaded before the first work, the server can load meanwhile.
    Ctrl-C passes by it: it ends with the program, which says what there is to say.

    Raises:
        UsageError: the program is not in a file, so that workers can't load it.
    """
    _check_main()
    multiprocessing.get_context("forkserver").set_forkserver_preload(_WORK)
    with _search_path_of_this_program():
        resource_tracker.ensure_running()  # when it has begun it lets signals through
        with _interrupt_held_back():
            forkserver.ensure_running()


@contextlib.contextmanager
def process_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes are forked from a clean server.

    The server loads what they need once for all pools of the program. Forking the
    program itself is not safe, since it may run TensorFlow's threads.

    Raises:
        UsageError: no process can be started, as where the program is not in a file.
    """
    start_server()
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(
        max_workers=workers,
        mp_context=context,
        initializer=_begin,
    ) as pool:
        try:
            pool.submit(os.getpid).result()
        except BrokenProcessPool as error:
            raise UsageError(
                "worker processes can't be started; what stands above says why. Each "
                f"of them loads the program that starts it. {_CURE}"
            ) from error
        yield pool


class Processes:
    """Worker processes that several steps of a program use one after the other.

    They start when a step first asks for them and end with the block.

    Args:
        workers: how many processes at most.
    """

    def __init__(self, workers: int):
        self.workers = workers
        self._pools = contextlib.ExitStack()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *error: object) -> None:
        self._pools.close()

    def pool(self) -> ProcessPoolExecutor:
        """The pool; a new one after `dismiss`.

        Raises:
            UsageError: no process can be started.
        """
        if self._pool is None:
            self._pool = self._pools.enter_context(process_pool(self.workers))
        return self._pool

    def dismiss(self) -> None:
        """Lets the processes end by and by: no step wants them, or one has crashed."""
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None


def _begin() -> None:
    """What a worker does first. Ctrl-C ends it at once and without a word."""
    threading.Thread(target=_end_with_program, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    freed_memory.keep(_FREED_BYTES)


def _end_with_program() -> None:
    """Ends this process when the program does that its pool is of.

    One that is killed closes nothing, and its workers would wait for work for ever.
    """
    multiprocessing.parent_process().join()
    os._exit(_ORPHANED)


@contextlib.contextmanager
def _interrupt_held_back() -> Iterator[None]:
    """Has Ctrl-C wait, and pass by a process that is started meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check_main() -> None:
    """Refuses a program that workers can't load, such as one from standard input."""
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    by_name = getattr(main, "__spec__", None) is not None
    if path is not None and not by_name and not os.path.exists(path):
        raise UsageError(
            f"worker processes load the program that starts them, and {path} is no "
            f"file. {_CURE}"
        )


@contextlib.contextmanager
def _search_path_of_this_program() -> Iterator[None]:
    """Lets a Python that is started meanwhile find modules where this one does.

    By itself it would look in the working directory: see `pipelines.search_path`.
    """
    ours = {
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
