"""A process that trains a fold, and that ends when the one that started it does.

A trainer whose parent was killed would go on beside the one that resumes its fold. On
Linux the system ends it; wherever there are pipes, it ends itself as soon as the pipe
closes that is its standard input and whose other end its parent holds.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import IO

from pipelines.errors import UsageError

_PARENT = "ZOO_PARENT_PROCESS"  # environment variable: the number of the parent
_PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>
_STANDARD_INPUT = 0
_ORPHANED = 1  # exit code
_USAGE = 2  # of a command used wrongly
INTERRUPTED = 130


def run(
    command: Sequence[str],
    *,
    stdout: IO[str] | int = subprocess.DEVNULL,
    stderr: IO[str] | None = None,
    timeout: float | None = None,
) -> int:
    """Runs a command that calls `end_with_parent`; its exit code.

    Args:
        stdout, stderr: where they go. Standard output is left out unless it is named:
            a fold's result is shown with the others'; errors are shown.
        timeout: seconds after which it is killed and `TimeoutExpired` raised.
    """
    reading, writing = os.pipe()  # other children don't inherit it
    try:
        return subprocess.run(
            command,
            stdin=reading,
            stdout=stdout,
            stderr=stderr,
            timeout=timeout,
            env=os.environ | {_PARENT: str(os.getpid())},
        ).returncode
    finally:
        os.close(reading)
        os.close(writing)


def succeeded(code: int, subject: str) -> bool:
    """Whether a command that trains did so, by its exit code.

    Args:
        subject: what it trained, e.g. `"fold 2"`.

    Raises:
        UsageError: the command was used wrongly; its message has been printed.
        KeyboardInterrupt: it was interrupted.
    """
    if code == _USAGE:
        raise UsageError(f"{subject} can't be trained; see the message above")
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return not code


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    descriptors: Sequence[int],
) -> subprocess.Popen:
    """Starts a command that calls `end_with_parent`.

    It ends when the returned process' `stdin` is closed, and says nothing.

    Args:
        environment: its variables.
        descriptors: that it inherits.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**environment, _PARENT: str(os.getpid())},
        pass_fds=descriptors,
    )


def end_with_parent() -> bool:
    """Has this process end with its parent, where `run` or `start` started it.

    Returns:
        Whether one of them did.
    """
    parent = os.environ.pop(_PARENT, None)
    if parent is None:
        return False
    threading.Thread(target=_wait_for_the_end_of_input, daemon=True).start()
    if sys.platform == "linux":
        _ask_the_kernel()
        if os.getppid() != int(parent):  # it ended before the kernel was asked
            os._exit(_ORPHANED)
    return True


def leave_signals_to_parent() -> None:
    """Has Ctrl-C and SIGTERM pass by this process, which ends with its parent.

    They reach every process of a terminal or of a batch job; that this one died of them
    is to be no finding.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _ask_the_kernel() -> None:
    """Has Linux kill this process when the thread that started it ends."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait_for_the_end_of_input() -> None:
    with contextlib.suppress(OSError):
        while os.read(_STANDARD_INPUT, 1):
            pass
    os._exit(_ORPHANED)
