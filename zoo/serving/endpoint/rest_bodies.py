"""The body of a request, read within bounds of size and time."""

import asyncio
import threading

import grpc
from aiohttp import web

from zoo.serving.endpoint.rest_status import BodyTooLargeError, SlowBodyError, invalid
from zoo.serving.endpoint.status_error import StatusError

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class RoomForBodies:
    """How many bytes of bodies are held at a time, over all requests and threads.

    Args:
        max_bytes: of all.
    """

    def __init__(self, max_bytes: int):
        self._max_bytes = max_bytes
        self._held = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> None:
        """Holds some bytes more.

        Raises:
            StatusError: UNAVAILABLE if that is too many.
        """
        with self._lock:
            if self._held + count > self._max_bytes:
                raise StatusError(
                    grpc.StatusCode.UNAVAILABLE,
                    "the server holds as many requests as it can; try again later",
                )
            self._held += count

    def give_back(self, count: int) -> None:
        """Holds some bytes no longer."""
        with self._lock:
            self._held -= count


class Body:
    """What arrived of one body; gives its room back at the end of `with`.

    Args:
        room: that it takes its bytes from.
    """

    def __init__(self, room: RoomForBodies):
        self._room = room
        self._held = 0
        self._bytes = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self._room.give_back(self._held)

    async def read(
        self, request: web.BaseRequest, *, max_bytes: int, limit_s: float
    ) -> bytes:
        """The whole body.

        Raises:
            StatusError: RESOURCE_EXHAUSTED beyond the limit, before anything is read
                where the request says its length; DEADLINE_EXCEEDED for a slow client;
                INVALID_ARGUMENT for a broken transfer; UNAVAILABLE if there's no room.
        """
        if (request.content_length or 0) > max_bytes:
            raise BodyTooLargeError(max_bytes)
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(_CONTINUE)
            request.writer.output_size = 0
        try:
            async with asyncio.timeout(limit_s):
                async for chunk in request.content.iter_any():
                    if len(self._bytes) + len(chunk) > max_bytes:
                        raise BodyTooLargeError(max_bytes)
                    self._room.take(len(chunk))
                    self._held += len(chunk)
                    self._bytes += chunk
        except TimeoutError as error:
            raise SlowBodyError(limit_s) from error
        except web.RequestPayloadError as error:
            raise invalid("The body's transfer encoding is broken") from error
        return bytes(self._bytes)
