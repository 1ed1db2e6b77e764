"""Calls of a worker to its chief: by name and token, and until the chief is back."""

import time
import uuid
from collections.abc import Callable
from typing import TypeVar

import grpc

from pipelines.errors import DataError, UsageError
from tuning.cluster import chief_file
from tuning.cluster.chief_address import ChiefAddress
from tuning.cluster.chief_server import TOKEN, WORKER
from tuning.trials.sweep import Sweep

Answer = TypeVar("Answer")

_OPTIONS = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
)
_CONNECT_SECONDS = 300.0  # for a chief that is started along with its workers
_AWAY_SECONDS = 600.0  # for a chief that was killed, and is started again
_PAUSE_SECONDS = 0.5
_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class SweepEndedError(Exception):
    """The chief has gone, for the sweep is at its end."""


class NotHeldError(Exception):
    """The trial is another worker's."""


class ChiefCalls:
    """A worker's way to its chief.

    Args:
        address: of the chief.
        token: of the sweep.
        sweep: on disk, as the chief has it.
    """

    def __init__(self, address: ChiefAddress, *, token: str, sweep: Sweep):
        self.name = uuid.uuid4().hex[:12]
        self.metadata = ((TOKEN, token), (WORKER, self.name))
        self.channel = grpc.insecure_channel(address.target, _OPTIONS)
        self._target = address.target
        self._sweep = sweep
        self._is_connected = False

    def asked(self, ask: Callable[[], Answer]) -> Answer:
        """An answer, also of a chief that is away for some time.

        Asking once more does no harm: of a chief that has heard it already, the answer
        is the same trial, or that it is this worker's no more.

        Args:
            ask: raises grpc.RpcError where it is not answered.

        Raises:
            SweepEndedError, NotHeldError: as they say.
            UsageError: no chief was ever there, or it is another sweep's.
            DataError: the chief is away for too long, or has failed.
        """
        patience = _AWAY_SECONDS if self._is_connected else _CONNECT_SECONDS
        end = time.monotonic() + patience
        while True:
            try:
                answer = ask()
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.FAILED_PRECONDITION:
                    raise NotHeldError from error
                if error.code() not in _AWAY:
                    raise self._fault(error) from error
                if not chief_file.is_there(self._sweep.path):
                    raise SweepEndedError from error
                if time.monotonic() >= end:
                    raise self._absent(error) from error
            else:
                self._is_connected = True
                return answer
            time.sleep(_PAUSE_SECONDS)

    def _absent(self, error: grpc.RpcError) -> Exception:
        if not self._is_connected:
            return UsageError(
                f"no chief answers at {self._target}. Start it by tuning.search "
                "--chief first; give --worker the host and port that it names, and "
                "see that no firewall is between"
            )
        return DataError(
            f"the chief at {self._target} is away for too long ({error.details()}). "
            "Start it again with its own command, then this worker: folds that are "
            "done are kept"
        )

    def _fault(self, error: grpc.RpcError) -> Exception:
        """What an answer that is none says to the user."""
        where = f"the chief at {self._target}"
        if error.code() == grpc.StatusCode.UNAUTHENTICATED:
            return UsageError(
                f"{where} leads another sweep than {self._sweep.path}, or was started "
                "again with other code. Give --worker and --out of one sweep, and the "
                "same code to both"
            )
        return DataError(
            f"{where} has failed: {error.details()}. Mend what it says, start it again "
            "with its own command, then this worker"
        )
