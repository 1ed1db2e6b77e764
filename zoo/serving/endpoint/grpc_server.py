"""TensorFlow Serving's gRPC services."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent import futures
from dataclasses import dataclass

import grpc
from tensorflow_serving.apis import (
    model_service_pb2_grpc,
    prediction_service_pb2_grpc,
)

from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.grpc_answers import Answers, readable, refusing
from zoo.serving.endpoint.grpc_services import ModelService, PredictionService
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError

_CALLS = 16  # times the requests that may be in: calls that may be arriving


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What TLS shows to clients: PEM files' content."""

    key: bytes
    chain: bytes


class GrpcServer:
    """PredictionService and ModelService on one port.

    A loop in one thread receives and refuses, so that calls which arrive slowly hold
    nobody up; the models' work runs in threads.

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
        self._limits = limits
        self._host, self._port = host, port
        self._certificate = certificate
        self._doorkeeper = _Doorkeeper(access)
        self._answers = Answers(models, metrics, most=limits.max_requests)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Future[float] | None = None
        self._started: futures.Future[int] = futures.Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="grpc", daemon=True
        )

    def start(self) -> int:
        """Begins to answer.

        Returns:
            The port.

        Raises:
            RuntimeError: the port is taken.
        """
        self._thread.start()
        return self._started.result()

    def stop(self, grace_s: float) -> None:
        """Takes no more requests, and ends when those under way have, or after that."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_with, grace_s)
            self._thread.join()
        self._answers.close()

    def _stop_with(self, grace_s: float) -> None:
        if not self._stop.done():
            self._stop.set_result(grace_s)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = self._loop.create_future()
        server = self._server()
        try:
            port = self._listen(server)
            await server.start()
        except RuntimeError as error:
            self._started.set_exception(error)
            return
        self._started.set_result(port)
        await server.stop(await self._stop)

    def _server(self) -> grpc.aio.Server:
        server = grpc.aio.server(
            interceptors=(self._doorkeeper,),
            maximum_concurrent_rpcs=_CALLS * self._limits.max_requests,
            options=(
                ("grpc.max_receive_message_length", self._limits.max_request_bytes),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),
                ("grpc.keepalive_time_ms", 60_000),  # connections that were cut
            ),
        )
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            PredictionService(self._answers), server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(
            ModelService(self._answers), server
        )
        return server

    def _listen(self, server: grpc.aio.Server) -> int:
        host = f"[{self._host}]" if ":" in self._host else self._host
        address = f"{host}:{self._port}"
        if self._certificate is None:
            return server.add_insecure_port(address)
        pair = (self._certificate.key, self._certificate.chain)
        return server.add_secure_port(address, grpc.ssl_server_credentials([pair]))


class _Doorkeeper(grpc.aio.ServerInterceptor):
    """Refuses every call, whatever it asks, that does not show the token."""

    def __init__(self, access: Access):
        self._access = access

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler | None]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler | None:
        shown = dict(handler_call_details.invocation_metadata).get("authorization")
        try:
            self._access.check(shown)
        except StatusError as error:
            return refusing(error.code, error.message)
        handler = await continuation(handler_call_details)
        return None if handler is None else readable(handler)
