"""The parent's end of a process that trains folds."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Self

from pipelines.errors import DataError
from tuning.trials.fold_process import DETERMINISTIC
from tuning.trials.stop import Stop, StoppedError
from zoo.training import cpu_kernels, fold_process

_START_SECONDS = 600.0  # that a process may take to load TensorFlow
_END_SECONDS = 10.0
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2"}


class ProcessEndedError(Exception):
    """The process ended before it answered.

    Args:
        code: its exit code; less than 0 = minus the signal that ended it.
    """

    def __init__(self, code: int):
        self.code = code
        super().__init__(f"it ended with {code}")


class TooLongError(Exception):
    """No answer came in time; the process was killed."""

    def __init__(self):
        super().__init__("it took too long")


class WarmProcess:
    """A process with TensorFlow loaded that answers one message at a time.

    It ends when it is closed, and with the process that started it.

    Args:
        process: that was started.
        connection: to it.
        stop: at whose word it is killed.
    """

    def __init__(self, process: subprocess.Popen, connection: Connection, stop: Stop):
        self._process = process
        self._connection = connection
        self._stop = stop

    @classmethod
    def started(
        cls, *, deterministic: bool, added: Mapping[str, str], stop: Stop
    ) -> Self:
        """A new process, ready for its first message.

        Args:
            deterministic: whether it keeps to operations that repeat themselves.
            added: environment variables beside those of this process.
            stop: at whose word it is killed.

        Raises:
            DataError: it did not get ready.
            StoppedError: there was that word.
        """
        kernels = cpu_kernels.REPEATABLE if deterministic else cpu_kernels.FAST
        environment = _QUIET | kernels | os.environ
        environment |= added
        mine, its = Pipe()
        with its:
            process = fold_process.start(
                [
                    *(sys.executable, "-m", "tuning.trials.fold_process"),
                    *(str(its.fileno()), DETERMINISTIC if deterministic else ""),
                ],
                environment=environment,
                descriptors=(its.fileno(),),
            )
        warm = cls(process, mine, stop)
        try:
            warm._answer(_START_SECONDS)
        except (ProcessEndedError, TooLongError) as error:
            raise DataError(
                f"a process that trains folds did not get ready: {error}. `python -c "
                "'import tuning.trials.fold_training'` shows what is wrong"
            ) from error
        return warm

    def ask(self, message: dict[str, Any], most_seconds: float | None = None) -> dict:
        """Its answer to a message.

        Raises:
            ProcessEndedError: it ended.
            TooLongError: it took more than `most_seconds`, and was killed.
            StoppedError: there was the word to end, and it was killed.
        """
        try:
            self._connection.send_bytes(json.dumps(message).encode())
        except ConnectionError:
            raise ProcessEndedError(self._ended()) from None
        return self._answer(most_seconds)

    def _answer(self, most_seconds: float | None) -> dict:
        try:
            if not self._stop.wait_for(self._connection, most_seconds):
                raise TooLongError
            return json.loads(self._connection.recv_bytes())
        except (TooLongError, StoppedError):
            self.kill()
            raise
        except (EOFError, ConnectionError):
            raise ProcessEndedError(self._ended()) from None

    def _ended(self) -> int:
        """The exit code of a process that closed its end."""
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.returncode

    def close(self) -> None:
        """Lets it end, or ends it."""
        self._connection.close()
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.wait()
        self._connection.close()
        self._process.stdin.close()
