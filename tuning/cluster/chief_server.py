"""The port of a chief, and who is let in."""

import dataclasses
import hmac
from collections.abc import Callable
from concurrent import futures
from typing import Any

import grpc

from pipelines.errors import UsageError
from tuning.cluster.chief_address import ChiefAddress
from tuning.trials.work import TrialTakenError

TOKEN = "token"
WORKER = "worker"
_CALLS = 32  # at once; each takes a moment, or waits for the oracle's step
_END_SECONDS = 2.0  # for answers that are on their way
# Linux would let a second server listen on the same port.
_OPTIONS = (("grpc.so_reuseport", 0),)


class ChiefServer(grpc.ServerInterceptor):
    """A server whose callers show a token and tell their names.

    Args:
        address: taken at once; port 0 = any that is free.

    Raises:
        UsageError: it can't be listened on.
    """

    def __init__(self, address: ChiefAddress):
        self._token = ""
        self._heard: Callable[[str], None] = str
        pool = futures.ThreadPoolExecutor(_CALLS, thread_name_prefix="chief")
        self.grpc = grpc.server(pool, interceptors=(self,), options=_OPTIONS)
        try:
            port = self.grpc.add_insecure_port(address.target)
        except RuntimeError:  # older versions of gRPC give 0
            port = 0
        self.address = dataclasses.replace(address, port=port)
        if port == 0:
            raise UsageError(
                f"--chief {address.target} can't be listened on: the port is in use, "
                "or the host is not of this machine. Choose another port, or end the "
                "process that has it"
            )

    def start(self, *, token: str, heard: Callable[[str], None]) -> None:
        """Begins to answer.

        Args:
            token: that callers have to show.
            heard: is told the name of whoever calls.
        """
        self._token, self._heard = token, heard
        self.grpc.start()

    def stop(self) -> None:
        """Lets go of the port."""
        self.grpc.stop(_END_SECONDS).wait()

    def intercept_service(
        self, continuation: Callable, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler | None:
        """Answers those that show the token."""
        given = dict(handler_call_details.invocation_metadata)
        if not hmac.compare_digest(str(given.get(TOKEN, "")), self._token):
            return grpc.unary_unary_rpc_method_handler(_refused)
        handler = continuation(handler_call_details)
        if handler is None:
            return None
        self._heard(given[WORKER])
        return grpc.unary_unary_rpc_method_handler(
            _with_status(handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _refused(request: bytes, context: grpc.ServicerContext) -> None:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "the token is another")


def _with_status(behaviour: Callable) -> Callable:
    """Errors as a status that the worker understands, without a stack trace."""

    def answered(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return behaviour(request, context)
        except TrialTakenError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        except Exception as error:
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")

    return answered
