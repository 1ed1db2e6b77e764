"""Another program that runs in place of this one, and is ended with it."""

import signal
import subprocess
from collections.abc import Mapping, Sequence

_EVERY_SECONDS = 1
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(arguments: Sequence[str], *, environment: Mapping[str, str]) -> int:
    """Runs a program to its end, in a process group of its own.

    SIGTERM, SIGINT and SIGHUP are passed on to it; called in the main thread.

    Returns:
        Its exit code; 128 + the number of the signal that ended it, but 0 if that
        signal came through us: it was asked to end.

    Raises:
        OSError: it can't be run.
    """
    passed: list[int] = []
    process = None

    def pass_on(number: int, frame: object) -> None:
        passed.append(number)
        if process is not None:
            process.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    try:
        process = subprocess.Popen(arguments, env=environment, start_new_session=True)
        for number in passed:  # what came before there was anybody to pass it on to
            process.send_signal(number)
        code = _waited(process)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = code if code >= 0 else 128 - code
    return 0 if code in [128 + number for number in passed] else code


def _waited(process: subprocess.Popen) -> int:
    """The code that it ends with.

    Now and then the wait is left: a signal that another thread received, whatever the
    system's reason, would else be handled when the program has ended by itself.
    """
    while True:
        try:
            return process.wait(_EVERY_SECONDS)
        except subprocess.TimeoutExpired:
            continue
