"""TensorFlow Serving's REST protocol over HTTP, in a thread of its own."""

import asyncio
import concurrent.futures
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.rest_connections import Connection, RefusedConnection
from zoo.serving.endpoint.rest_handler import Page, RestHandler, Site
from zoo.serving.endpoint.served_models import ServedModels


@dataclass(frozen=True, kw_only=True)
class RestOptions:
    """Where the server listens, and for whom it waits how long."""

    host: str = "127.0.0.1"
    port: int = 0  # 0 = any that is free
    certificate: Path | None = None  # PEM; with `key`, the server speaks TLS
    key: Path | None = None
    waiting_s: float = 60.0  # for a head, a body, or the client to take an answer
    most_connections: int = 512
    pages: Mapping[str, Page] = field(default_factory=dict)  # by path
    site: Site | None = None  # what else there is; it is closed with the server


class RestServer:
    """Answers REST requests until it is stopped.

    Args:
        models: those served.
        limits: of requests.
        access: who may ask.
        metrics: that count the requests.
        options: where and how.
    """

    def __init__(
        self,
        models: ServedModels,
        *,
        limits: Limits,
        access: Access,
        metrics: Metrics,
        options: RestOptions,
    ):
        self._options = options
        self._handler = RestHandler(
            models,
            limits=limits,
            access=access,
            metrics=metrics,
            pages=options.pages,
            body_s=options.waiting_s,
            site=options.site,
        )
        self._connections = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Future[float] | None = None
        self._port: concurrent.futures.Future[int] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, name="rest", daemon=True)

    def start(self) -> int:
        """Listens from now on.

        Returns:
            The port.

        Raises:
            OSError: the port is taken or not allowed, or a TLS file can't be read.
        """
        self._thread.start()
        return self._port.result()

    def stop(self, grace_s: float) -> None:
        """Takes no more requests, and ends when those begun are answered.

        Args:
            grace_s: after which requests are cut.
        """
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_with, grace_s)
            self._thread.join()
        self._handler.close()

    def _stop_with(self, grace_s: float) -> None:
        if not self._stop.done():
            self._stop.set_result(grace_s)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = self._loop.create_future()
        manager = web.Server(self._handler.handle)
        try:
            listener = await self._listener(manager)
        except (OSError, ValueError) as error:
            self._port.set_exception(error)
            return
        self._port.set_result(listener.sockets[0].getsockname()[1])
        grace_s = await self._stop
        listener.close()
        manager.pre_shutdown()
        await manager.shutdown(grace_s)

    async def _listener(self, manager: web.Server) -> asyncio.Server:
        secure = {}
        if self._options.certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self._options.certificate, self._options.key)
            secure = {"ssl": context, "ssl_handshake_timeout": 10.0}
        return await self._loop.create_server(
            lambda: self._connection(manager),
            self._options.host,
            self._options.port,
            backlog=1024,
            **secure,
        )

    def _connection(self, manager: web.Server) -> asyncio.Protocol:
        if self._connections >= self._options.most_connections:
            return RefusedConnection()
        self._connections += 1
        return Connection(
            manager,
            loop=self._loop,
            waiting_s=self._options.waiting_s,
            closed=self._connection_closed,
        )

    def _connection_closed(self) -> None:
        self._connections -= 1
