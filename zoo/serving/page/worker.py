"""The process that opens what was uploaded: it may die, and the endpoint lives on.

What is in a file decides what libraries do with it. So files are opened in a process
that has little memory and little time, and none of the models.
"""

import contextlib
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import TypeVar

from pipelines.storage.executors import Processes
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError

Result = TypeVar("Result")
DIED = "gave_up"  # code of the error that the process died


class Worker:
    """Runs one thing after the other in a process, which begins anew where it died.

    Args:
        limits: of memory and time.
    """

    def __init__(self, limits: PageLimits):
        self._limits = limits
        self._turn = threading.Lock()
        self._processes = Processes(1)
        self._process_id: int | None = None
        self._closed = False

    def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """What a function of a module gives; whoever comes later waits.

        Raises:
            UploadError: the process died: of time, of memory, or of what it opened.
        """
        with self._turn:
            if self._closed:
                raise _ended()
            try:
                pool = self._processes.pool()
                self._process_id = pool.submit(os.getpid).result()
                return pool.submit(
                    _within,
                    self._limits.memory_bytes,
                    self._limits.work_s,
                    function,
                    *arguments,
                ).result()
            except MemoryError as error:
                raise _died(self._limits) from error
            except BrokenExecutor as error:
                self._processes.dismiss()
                raise _ended() if self._closed else _died(self._limits) from error
            finally:
                self._process_id = None

    @property
    def is_busy(self) -> bool:
        """Whether the process is at work."""
        return self._process_id is not None

    def interrupt(self) -> None:
        """Ends the process where it is at work."""
        process_id = self._process_id
        if process_id is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)

    def close(self) -> None:
        """Ends the process, in the midst of its work as well."""
        self._closed = True
        self.interrupt()
        with self._turn:
            self._processes.__exit__()


def _within(
    memory_bytes: int,
    seconds: int,
    function: Callable[..., Result],
    *arguments: object,
) -> Result:
    """Calls a function in this process, which the system ends where it takes longer.

    What libraries print of files that are odd is their headers' text, ids among it: it
    goes nowhere.
    """
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bounded = (
        memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
    )
    resource.setrlimit(resource.RLIMIT_DATA, (bounded, most))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    try:
        return function(*arguments)
    finally:
        signal.alarm(0)


def _died(limits: PageLimits) -> UploadError:
    return UploadError(
        DIED,
        f"the files could not be read: it took more than {limits.work_s} s or too "
        "much memory, or something in them ended the reader. Look at them with a "
        "viewer; drop one study at a time",
        status=422,
    )


def _ended() -> UploadError:
    return UploadError("ending", "the server ends. Start it again", status=503)
