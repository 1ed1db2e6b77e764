"""What a worker asks in the oracle's place: its chief, over gRPC."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.src import protos

from pipelines.errors import DataError, UsageError
from tuning.cluster import chief_file
from tuning.cluster.chief_address import ChiefAddress
from tuning.cluster.chief_server import TOKEN, WORKER
from tuning.cluster.chief_services import REPORT, SERVICE, SPENT, joined_mark
from tuning.trials.sweep import Sweep
from tuning.trials.work import TrialTakenError

Answer = TypeVar("Answer")

_OPTIONS = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
)
_CONNECT_SECONDS = 60.0  # for a chief that is started along with its workers
_AWAY_SECONDS = 600.0  # for a chief that was killed, and is started again
_PAUSE_SECONDS = 0.5
_STEP_SECONDS = 600.0  # of the oracle, for all who wait for it
_SIGN_SECONDS = 5.0
_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class _SweepEndedError(Exception):
    """The chief has gone, for the sweep is at its end."""


class _TakenError(Exception):
    """The trial is another worker's."""


class ChiefClient:
    """One worker's side of a chief.

    What a trial reports is kept here until its end, so that both are one step.

    Args:
        address: of the chief.
        token: of the sweep.
        sweep: on disk, as the chief has it.
        objective: of the sweep.
        is_spent: whether a fold did not begin for want of time.
    """

    def __init__(
        self,
        address: ChiefAddress,
        *,
        token: str,
        sweep: Sweep,
        objective: keras_tuner.Objective,
        is_spent: Callable[[], bool],
    ):
        self.objective = objective
        self._address = address
        self._sweep = sweep
        self._is_spent = is_spent
        self._is_connected = False
        self._name = uuid.uuid4().hex[:12]
        self._metadata = ((TOKEN, token), (WORKER, self._name))
        self._channel = grpc.insecure_channel(address.target, _OPTIONS)
        self._oracle = protos.get_service_grpc().OracleStub(self._channel)
        self._trials: dict[str, Trial] = {}
        self._figures: dict[str, dict[str, float]] = {}

    def connect(self) -> None:
        """Gives the first sign of life, and sees that both have one directory.

        Raises:
            UsageError: nobody answers, or the chief of another sweep does, or one that
                does not see what is written here.
            DataError: the directory can't be written.
        """
        mark = self._sweep.path / joined_mark(self._name)
        try:
            mark.touch()
            is_seen = self._asked(lambda: self._call("Sees", b"", _SIGN_SECONDS))
        except _SweepEndedError:
            return
        except OSError as error:
            raise DataError(
                f"{self._sweep.path} can't be written: {error.strerror}. Make it "
                "writable for workers too, or free some space"
            ) from error
        finally:
            mark.unlink(missing_ok=True)
        if not is_seen:
            self.leave()
            raise UsageError(
                f"the chief at {self._address.target} does not see what is written "
                f"into {self._sweep.path}: it is a copy of its --out. Give --out the "
                "directory itself, on a file system that both have"
            )
        self._is_connected = True

    def create_trial(self, tuner_id: str) -> Trial:
        """The next trial for this worker; its values alone."""
        service = protos.get_service()
        request = service.CreateTrialRequest(tuner_id=self._name)

        def ask() -> Trial:
            answer = self._oracle.CreateTrial(
                request, timeout=_STEP_SECONDS, metadata=self._metadata
            )
            return Trial.from_proto(answer.trial)

        try:
            trial = self._asked(ask)
        except _SweepEndedError:
            trial = Trial(keras_tuner.HyperParameters(), status=TrialStatus.STOPPED)
        self._figures.clear()
        self._trials = {trial.trial_id: trial}
        if trial.status == TrialStatus.IDLE:
            time.sleep(_PAUSE_SECONDS)
        return trial

    def get_trial(self, trial_id: str) -> Trial:
        """The trial of this worker, as it began."""
        return self._trials[trial_id]

    def update_trial(
        self, trial_id: str, metrics: dict[str, Any], step: int = 0
    ) -> Trial:
        """Keeps the figure of a trial until its end."""
        self._figures[trial_id] = metrics
        return self._trials[trial_id]

    def end_trial(self, trial: Trial) -> None:
        """Ends a trial.

        Raises:
            TrialTakenError: another worker runs it by now.
        """
        messages = protos.get_proto()
        status = TrialStatus.to_proto(trial.status)
        ended = messages.Trial(trial_id=trial.trial_id, status=status)
        request = protos.get_service().EndTrialRequest(trial=ended)
        report = {
            "figures": self._figures.get(trial.trial_id, {}),
            "message": trial.message or "",
        }
        metadata = (*self._metadata, (REPORT, json.dumps(report).encode()))
        self._of_trial(
            trial.trial_id,
            lambda: self._oracle.EndTrial(
                request, timeout=_STEP_SECONDS, metadata=metadata
            ),
        )

    def check(self, trial_id: str) -> None:
        """Raises TrialTakenError where another worker runs a trial by now."""
        self._of_trial(
            trial_id, lambda: self._call("Check", trial_id.encode(), _STEP_SECONDS)
        )

    def alive(self) -> None:
        """Gives a sign of life; raises grpc.RpcError where it does not arrive."""
        self._call("Alive", b"", _SIGN_SECONDS)

    def give_back(self) -> None:
        """Leaves what this worker has not ended to the others, if the chief is there.

        Otherwise the chief does so when the worker is silent for too long.
        """
        self._called("GiveBack", SPENT if self._is_spent() else b"")

    def leave(self) -> None:
        """Says goodbye, if the chief is there."""
        self._called("Leave", b"")

    def _call(self, name: str, request: bytes, seconds: float) -> bytes:
        method = self._channel.unary_unary(f"/{SERVICE}/{name}")
        return method(request, timeout=seconds, metadata=self._metadata)

    def _called(self, name: str, request: bytes) -> None:
        try:
            self._call(name, request, _SIGN_SECONDS)
        except grpc.RpcError:
            return

    def _of_trial(self, trial_id: str, ask: Callable[[], Any]) -> None:
        try:
            self._asked(ask)
        except (_SweepEndedError, _TakenError):  # no sweep ends without its trials
            raise TrialTakenError(trial_id) from None

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        """An answer, also of a chief that is away for some time.

        Asking once more does no harm: of a chief that has heard it already, the answer
        is the same trial, or that it is this worker's no more.
        """
        patience = _AWAY_SECONDS if self._is_connected else _CONNECT_SECONDS
        end = time.monotonic() + patience
        while True:
            try:
                return ask()
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.FAILED_PRECONDITION:
                    raise _TakenError from error
                if error.code() not in _AWAY:
                    raise self._fault(error) from error
                if not chief_file.is_there(self._sweep.path):
                    raise _SweepEndedError from error
                if time.monotonic() >= end:
                    raise self._fault(error) from error
            time.sleep(_PAUSE_SECONDS)

    def _fault(self, error: grpc.RpcError) -> Exception:
        """What an answer that is none says to the user."""
        where = f"the chief at {self._address.target}"
        if error.code() in _AWAY and not self._is_connected:
            return UsageError(
                f"no chief answers at {self._address.target}. Start it by "
                "tuning.search --chief first; give --worker the host and port that it "
                "names, and see that no firewall is between"
            )
        if error.code() in _AWAY:
            return DataError(
                f"{where} is away for too long ({error.details()}). Start it again "
                "with its own command, then this worker: folds that are done are kept"
            )
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
