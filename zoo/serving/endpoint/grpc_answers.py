"""How gRPC calls end: with an answer or a status, after a wait that is bounded."""

import asyncio
import contextlib
import logging
import time
import traceback
import urllib.parse
from collections.abc import Awaitable, Callable
from concurrent import futures
from typing import Any, NoReturn

import grpc
from google.protobuf.message import DecodeError
from tensorflow_serving.apis import model_pb2

from zoo.serving.endpoint.admission import too_many
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.servable import Servable
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError

_UNREADABLE = object()  # in place of a message
_log = logging.getLogger(__name__)
_LONGEST_MESSAGE = 6000  # bytes, as gRPC quotes them in a header of at most 8 KiB


class Answers:
    """Has functions answer requests, and turns what they raise into a status.

    Args:
        models: those served.
        metrics: where requests are counted.
        most: requests to predict that may be in at once.
    """

    def __init__(self, models: ServedModels, metrics: Metrics, *, most: int):
        self.models = models
        self._metrics = metrics
        self._most = most
        self._working = 0
        self._threads = futures.ThreadPoolExecutor(most, thread_name_prefix="predict")

    def close(self) -> None:
        """Starts no more work; what runs goes on to its end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def give(
        self,
        api: str,
        answer: Callable[[], Awaitable[Any]],
        request: Any,  # a message with a model_spec
        context: grpc.aio.ServicerContext,
    ) -> Any:
        """The answer, or the end of the call with a status."""
        began = time.monotonic()
        # Without the error itself, which refers to frames that hold the request.
        code, message = grpc.StatusCode.OK, ""
        try:
            if not request.HasField("model_spec"):
                raise StatusError(grpc.StatusCode.INVALID_ARGUMENT, "Missing ModelSpec")
            return await answer()
        except StatusError as error:
            code, message = error.code, error.message
        except asyncio.CancelledError:
            code = grpc.StatusCode.CANCELLED
            raise
        except Exception as error:  # its text may hold what the client sent
            place = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s in a gRPC request\n%s", type(error).__name__, place)
            code, message = grpc.StatusCode.INTERNAL, "the server failed"
        finally:
            name, seconds = request.model_spec.name, time.monotonic() - began
            if name in self.models.names():  # others must not become series
                self._metrics.record(
                    model=name,
                    api=api,
                    entrypoint="GRPC",
                    code=code.name,
                    seconds=seconds,
                )
        return await abort(context, code, message)

    async def in_thread(self, work: Callable[[], Any]) -> Any:
        """What takes long; it goes on to its end even if the client has left.

        Raises:
            StatusError: UNAVAILABLE, at once: as many as may be are in.
        """
        if self._working >= self._most:
            raise too_many(self._most)
        self._working += 1
        loop = asyncio.get_running_loop()
        future = self._threads.submit(work)
        future.add_done_callback(lambda _: self._done(loop))
        return await asyncio.wrap_future(future)

    def _done(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(self._one_less)

    def _one_less(self) -> None:
        self._working -= 1

    def find(self, spec: model_pb2.ModelSpec) -> Servable:
        """The version that a request asks."""
        version = spec.version.value if spec.HasField("version") else None
        label = spec.version_label if spec.HasField("version_label") else None
        return self.models.find(spec.name, version=version, label=label)


async def abort(
    context: grpc.aio.ServicerContext, code: grpc.StatusCode, message: str
) -> NoReturn:
    """Ends a call, with as much of the message as fits."""
    message = message[:_LONGEST_MESSAGE]
    while len(urllib.parse.quote(message)) > _LONGEST_MESSAGE:
        message = message[: len(message) // 2]
    await context.abort(code, message)


def refusing(code: grpc.StatusCode, message: str) -> grpc.RpcMethodHandler:
    """A method that ends every call."""

    async def refuse(_: bytes, context: grpc.aio.ServicerContext) -> NoReturn:
        await abort(context, code, message)

    return grpc.unary_unary_rpc_method_handler(refuse)


def readable(handler: grpc.RpcMethodHandler) -> grpc.RpcMethodHandler:
    """A method that ends calls whose bytes are no message, as gRPC in C++ ends them.

    gRPC for Python calls them UNKNOWN, and without a loop keeps 18 KiB of each.
    """

    def read(content: bytes) -> Any:
        try:
            return handler.request_deserializer(content)
        except DecodeError:
            return _UNREADABLE

    async def answer(request: Any, context: grpc.aio.ServicerContext) -> Any:
        if request is _UNREADABLE:
            message = "Exception deserializing request!"
            await abort(context, grpc.StatusCode.INTERNAL, message)
        return await handler.unary_unary(request, context)

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=read,
        response_serializer=handler.response_serializer,
    )
