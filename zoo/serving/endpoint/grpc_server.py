"""TensorFlow Serving's gRPC services."""

from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from typing import Any

import grpc
from tensorflow_serving.apis import (
    model_service_pb2_grpc,
    prediction_service_pb2_grpc,
)

from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.grpc_services import (
    Answers,
    ModelService,
    PredictionService,
    abort,
)
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError

_REFUSING_THREADS = 16  # beyond those that work: they say UNAVAILABLE at once


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What TLS shows to clients: PEM files' content."""

    key: bytes
    chain: bytes


class GrpcServer:
    """PredictionService and ModelService on one port.

    Args:
        models: what is served.
        limits: of size, number and time.
        access: who may ask.
        metrics: where requests are counted.
        host: to listen on.
        port: 0 = any that is free.
        certificate: none = without TLS.
    """

    def __init__(
        self,
        models: ServedModels,
        *,
        limits: Limits,
        access: Access,
        metrics: Metrics,
        host: str,
        port: int,
        certificate: Certificate | None = None,
    ):
        threads = limits.max_requests + _REFUSING_THREADS
        self._host, self._port = host, port
        self._certificate = certificate
        self._server = grpc.server(
            futures.ThreadPoolExecutor(threads, thread_name_prefix="grpc"),
            interceptors=(_Doorkeeper(access),),
            maximum_concurrent_rpcs=threads,
            options=(
                ("grpc.max_receive_message_length", limits.max_request_bytes),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),
            ),
        )
        answers = Answers(models, metrics)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            PredictionService(answers), self._server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(
            ModelService(answers), self._server
        )

    def start(self) -> int:
        """Begins to answer.

        Returns:
            The port.

        Raises:
            RuntimeError: the port is taken.
        """
        host = f"[{self._host}]" if ":" in self._host else self._host
        address = f"{host}:{self._port}"
        if self._certificate is None:
            port = self._server.add_insecure_port(address)
        else:
            pair = (self._certificate.key, self._certificate.chain)
            port = self._server.add_secure_port(
                address, grpc.ssl_server_credentials([pair])
            )
        self._server.start()
        return port

    def stop(self, grace_s: float) -> None:
        """Takes no more requests, and ends when those under way have, or after that."""
        self._server.stop(grace_s).wait()


class _Doorkeeper(grpc.ServerInterceptor):
    """Refuses every call, whatever it asks, that does not show the token."""

    def __init__(self, access: Access):
        self._access = access

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Any],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler | None:
        shown = dict(handler_call_details.invocation_metadata).get("authorization")
        try:
            self._access.check(shown)
        except StatusError as error:
            code, message = error.code, error.message
            return grpc.unary_unary_rpc_method_handler(
                lambda _, context: abort(context, code, message)
            )
        return continuation(handler_call_details)
