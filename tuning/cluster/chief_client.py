"""What a worker asks in the oracle's place: its chief, over gRPC."""

import json
import time
from collections.abc import Callable
from typing import Any

import grpc
import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.src import protos

from pipelines.errors import DataError, UsageError
from tuning.cluster.chief_address import ChiefAddress
from tuning.cluster.chief_calls import ChiefCalls, NotHeldError, SweepEndedError
from tuning.cluster.chief_services import REPORT, SERVICE, SPENT, joined_mark
from tuning.trials.sweep import Sweep
from tuning.trials.work import TrialTakenError

_PAUSE_SECONDS = 0.5  # while others run what has to end first
_STEP_SECONDS = 600.0  # of the oracle, for all who wait for it
_SIGN_SECONDS = 5.0


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
        self._target = address.target
        self._sweep = sweep
        self._is_spent = is_spent
        self._calls = ChiefCalls(address, token=token, sweep=sweep)
        self._oracle = protos.get_service_grpc().OracleStub(self._calls.channel)
        self._trials: dict[str, Trial] = {}
        self._figures: dict[str, dict[str, float]] = {}

    def connect(self) -> None:
        """Gives the first sign of life, and sees that both have one directory.

        Raises:
            UsageError: nobody answers, or the chief of another sweep does, or one that
                does not see what is written here.
            DataError: the directory can't be written.
        """
        mark = self._sweep.path / joined_mark(self._calls.name)
        try:
            mark.touch()
            is_seen = self._calls.asked(lambda: self._call("Sees", b"", _SIGN_SECONDS))
        except SweepEndedError:
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
                f"the chief at {self._target} does not see what is written into "
                f"{self._sweep.path}: it is a copy of its --out. Give --out the "
                "directory itself, on a file system that both have"
            )

    def create_trial(self, tuner_id: str) -> Trial:
        """The next trial for this worker; its values alone."""
        service = protos.get_service()
        request = service.CreateTrialRequest(tuner_id=self._calls.name)

        def ask() -> Trial:
            answer = self._oracle.CreateTrial(
                request, timeout=_STEP_SECONDS, metadata=self._calls.metadata
            )
            return Trial.from_proto(answer.trial)

        try:
            trial = self._calls.asked(ask)
        except SweepEndedError:
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
        metadata = (*self._calls.metadata, (REPORT, json.dumps(report).encode()))
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
        self._tell("GiveBack", SPENT if self._is_spent() else b"")

    def leave(self) -> None:
        """Says goodbye, if the chief is there."""
        self._tell("Leave", b"")

    def _call(self, name: str, request: bytes, seconds: float) -> bytes:
        method = self._calls.channel.unary_unary(f"/{SERVICE}/{name}")
        return method(request, timeout=seconds, metadata=self._calls.metadata)

    def _tell(self, name: str, request: bytes) -> None:
        try:
            self._call(name, request, _SIGN_SECONDS)
        except grpc.RpcError:
            return

    def _of_trial(self, trial_id: str, ask: Callable[[], Any]) -> None:
        try:
            self._calls.asked(ask)
        except (SweepEndedError, NotHeldError):  # no sweep ends without its trials
            raise TrialTakenError(trial_id) from None
