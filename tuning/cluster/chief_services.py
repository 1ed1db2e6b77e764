"""What a chief answers: KerasTuner's Oracle service, and one for what that lacks.

KerasTuner's messages have figures in single precision, no reason of a failure, and
nobody's name. So the end of a trial tells these as metadata of the call, exactly; and
`tuning.Chief` has signs of life, whether chief and worker see one directory, whose a
trial is, giving it back, and goodbye.
"""

import json
from pathlib import Path

import grpc
from keras_tuner.engine.trial import TrialStatus
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_chief import OracleServicer

from tuning.cluster.chief_server import WORKER
from tuning.cluster.leased_oracle import LeasedOracle
from tuning.cluster.presence import Presence

SERVICE = "tuning.Chief"
REPORT = "report-bin"
SPENT = b"spent"  # of a trial that is given back: the time is spent
SEEN = b"seen"


def joined_mark(name: str) -> str:
    """The file by which a worker shows that it has the chief's directory."""
    return f".joined-{name}"


class _Oracle(OracleServicer):
    """KerasTuner's servicer, which knows whose trial ends and by which figure."""

    def EndTrial(self, request, context):  # noqa: ANN001, N802
        report = json.loads(dict(context.invocation_metadata())[REPORT])
        self.oracle.end(
            _name(context),
            request.trial.trial_id,
            status=TrialStatus.from_proto(request.trial.status),
            figures=report["figures"],
            message=report["message"],
        )
        return protos.get_service().EndTrialResponse()


def add(
    server: grpc.Server, oracle: LeasedOracle, *, presence: Presence, sweep: Path
) -> None:
    """Has a server answer for an oracle, before it is started.

    Args:
        presence: of the workers.
        sweep: the directory, which workers are to see as well.
    """
    protos.get_service_grpc().add_OracleServicer_to_server(_Oracle(oracle), server)

    def alive(request: bytes, context: grpc.ServicerContext) -> bytes:
        return b""  # every call is a sign of life

    def sees(request: bytes, context: grpc.ServicerContext) -> bytes:
        is_there = (sweep / joined_mark(_name(context))).is_file()
        return SEEN if is_there else b""

    def check(request: bytes, context: grpc.ServicerContext) -> bytes:
        oracle.check(_name(context), request.decode())
        return b""

    def give_back(request: bytes, context: grpc.ServicerContext) -> bytes:
        oracle.give_back(_name(context), is_spent=request == SPENT)
        return b""

    def leave(request: bytes, context: grpc.ServicerContext) -> bytes:
        oracle.give_back(_name(context))
        presence.left(_name(context))
        return b""

    named = {"Alive": alive, "Sees": sees, "Check": check}
    named |= {"GiveBack": give_back, "Leave": leave}
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(behaviour)
        for name, behaviour in named.items()
    }
    of_ours = grpc.method_handlers_generic_handler(SERVICE, handlers)
    server.add_generic_rpc_handlers((of_ours,))


def _name(context: grpc.ServicerContext) -> str:
    """Of the worker that calls."""
    return dict(context.invocation_metadata())[WORKER]
