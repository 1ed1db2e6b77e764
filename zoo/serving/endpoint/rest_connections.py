"""One client's connection: cut when the client is slow, mute about what serves it."""

import asyncio
from collections.abc import Callable

from aiohttp import StreamReader, web

from zoo.serving.endpoint.rest_status import error_body

_SERVER = "zoo"  # and nothing about versions


def response(
    status: int, body: bytes, *, content_type: str = "application/json"
) -> web.Response:
    """An answer that no cache keeps."""
    return web.Response(
        status=status,
        body=body,
        content_type=content_type,
        charset="utf-8",
        headers={
            "Server": _SERVER,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


class Connection(web.RequestHandler):
    """aiohttp's protocol with one deadline for whatever the client has to do next.

    That is: send the head of a request, or take an answer and ask again. While a
    request's body is read or its answer made, the server keeps the time itself.
    """

    __slots__ = ("_deadline", "_waiting_s", "_closed", "_body")

    def __init__(
        self,
        manager: web.Server,
        *,
        loop: asyncio.AbstractEventLoop,
        waiting_s: float,
        closed: Callable[[], None],
    ):
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=waiting_s,
            lingering_time=5.0,
            access_log=None,
            auto_decompress=False,
            read_bufsize=2**18,
        )
        self._deadline: asyncio.TimerHandle | None = None
        self._waiting_s = waiting_s
        self._closed = closed
        self._body: StreamReader | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.wait_for_client()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.serve_client()
        self._closed()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._body is not None and self._messages and not self._body.is_eof():
            # what follows a body that hasn't ended is the parser's error, of which
            # aiohttp tells the reader of the body nothing
            self._body.set_exception(web.RequestPayloadError("broken transfer"))
            self._body.feed_eof()

    def wait_for_client(self) -> None:
        """Gives the client the time that it has for its next step."""
        self.serve_client()
        if self.transport is not None:
            self._deadline = self._loop.call_later(self._waiting_s, self._cut)

    def serve_client(self, body: StreamReader | None = None) -> None:
        """Stops the client's time: it is the server's turn.

        Args:
            body: of the request that is served.
        """
        self._body = body
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what is no HTTP; aiohttp's own tells its version."""
        text = "Malformed HTTP request" if status == 400 else "Internal error"
        answer = response(status, error_body(text))
        answer.force_close()
        return answer

    def _cut(self) -> None:
        self._deadline = None
        if self.transport is not None:
            self.transport.abort()


class RefusedConnection(asyncio.Protocol):
    """A connection too many: it is closed at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.abort()
