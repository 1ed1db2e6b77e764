"""One HTTP request: who asks, what, how long it may take, and which status it gets."""

import asyncio
import concurrent.futures
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

import grpc
from aiohttp import web

from zoo.serving.endpoint import rest_routes
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.rest_answers import Answers, late
from zoo.serving.endpoint.rest_bodies import Body, RoomForBodies
from zoo.serving.endpoint.rest_connections import response
from zoo.serving.endpoint.rest_routes import Route
from zoo.serving.endpoint.rest_status import error_body, http_status
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError

_LOG = logging.getLogger(__name__)
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*(?=/)")
_BODIES_HELD = 4  # times the largest request, over all requests
_LATE_S = 0.5  # that an answer in time may take on its way
_API_NAMES = {
    rest_routes.PREDICT: "predict",
    rest_routes.METADATA: "get_model_metadata",
    rest_routes.STATUS: "get_model_status",
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """Text at a path beside the API; whoever asks needs the token there as well."""

    content_type: str
    text: Callable[[], str]


class Site(Protocol):
    """Pages at paths beside the API that look after access and headers themselves."""

    def owns(self, target: str) -> bool:
        """Whether a request's path is one of the site's."""

    async def answer(self, request: web.BaseRequest, target: str) -> web.Response:
        """The response to a request for such a path."""

    def close(self) -> None:
        """Ends what is under way."""


class RestHandler:
    """Answers requests; the models' work runs in threads, all else in the loop.

    Args:
        models: those served.
        limits: of requests.
        access: who may ask.
        metrics: that count the requests.
        pages: by path.
        body_s: seconds that a body may take to arrive.
        site: none = there is nothing beside the API and the pages.
    """

    def __init__(
        self,
        models: ServedModels,
        *,
        limits: Limits,
        access: Access,
        metrics: Metrics,
        pages: Mapping[str, Page],
        body_s: float,
        site: Site | None = None,
    ):
        self._models = models
        self._limits = limits
        self._access = access
        self._metrics = metrics
        self._pages = pages
        self._body_s = body_s
        self._site = site
        self._answers = Answers(
            models,
            max_bytes=limits.max_request_bytes,
            decoders=limits.sessions_at_once,
        )
        self._room = RoomForBodies(_BODIES_HELD * limits.max_request_bytes)
        self._places = threading.Semaphore(limits.max_requests)
        self._threads = concurrent.futures.ThreadPoolExecutor(
            limits.max_requests, thread_name_prefix="rest"
        )

    def close(self) -> None:
        """Starts no more work; what runs goes on to its end."""
        if self._site is not None:
            self._site.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """The response to a request, whatever it is."""
        request.protocol.serve_client(request.content)
        target = _ORIGIN.sub("", request.raw_path, count=1)
        try:
            if self._site is not None and self._site.owns(target):
                answer = await self._site.answer(request, target)
            else:
                self._access.check(_ascii(request.headers.get("Authorization")))
                answer = await self._page_or_answer(request, target)
        except StatusError as error:
            answer = _error_response(error)
        finally:
            request.protocol.wait_for_client()
        if not request.content.is_eof():  # what still comes is no next request
            answer.force_close()
        return answer

    async def _page_or_answer(
        self, request: web.BaseRequest, target: str
    ) -> web.Response:
        if request.method == "GET" and target in self._pages:
            page = self._pages[target]
            return response(200, page.text().encode(), content_type=page.content_type)
        if not rest_routes.belongs_to_api(target):
            return response(404, error_body("There is nothing at this path"))
        route = rest_routes.parsed(request.method, target)
        started, code = time.monotonic(), grpc.StatusCode.OK
        try:
            return response(200, await self._answered(request, route))
        except StatusError as error:
            code = error.code
            raise
        finally:
            self._record(route, code, time.monotonic() - started)

    async def _answered(self, request: web.BaseRequest, route: Route) -> bytes:
        """The JSON of an answer; faults of ours are INTERNAL, and told to the log."""
        try:
            if request.method == "GET":  # quick, and answered while all threads work
                return self._answers.description(route)
            return await self._predicted(request, route)
        except (StatusError, ConnectionError):
            raise
        except MemoryError as error:
            raise StatusError(
                grpc.StatusCode.RESOURCE_EXHAUSTED, "the server is out of memory"
            ) from error
        except Exception as error:  # its text may hold what the client sent
            place = "".join(traceback.format_tb(error.__traceback__))
            _LOG.error("%s in a REST request\n%s", type(error).__name__, place)
            raise StatusError(
                grpc.StatusCode.INTERNAL, "the server met an error of its own"
            ) from error

    async def _predicted(self, request: web.BaseRequest, route: Route) -> bytes:
        """Reads the body, and waits for the thread that answers it."""
        with ExitStack() as held:
            if not self._places.acquire(blocking=False):
                raise StatusError(
                    grpc.StatusCode.UNAVAILABLE,
                    "the server answers as many requests as it can; try again later",
                )
            held.callback(self._places.release)
            body = held.enter_context(Body(self._room))
            content = await body.read(
                request,
                max_bytes=self._limits.max_request_bytes,
                limit_s=self._body_s,
            )
            deadline = time.monotonic() + self._limits.request_timeout_s
            work = self._threads.submit(
                self._answers.prediction,
                route,
                content,
                gzip="gzip" in request.headers.get("Content-Encoding", "").lower(),
                deadline=deadline,
            )
            until_done = held.pop_all()  # also where the client is answered before
            work.add_done_callback(lambda _: until_done.close())
        try:
            async with asyncio.timeout(self._limits.request_timeout_s + _LATE_S):
                return await asyncio.wrap_future(work)
        except TimeoutError as error:
            raise late() from error

    def _record(self, route: Route, code: grpc.StatusCode, seconds: float) -> None:
        """Counts a request; a name that no model has must not become a series."""
        if route.verb in _API_NAMES:
            self._metrics.record(
                model=route.name if self._knows(route.name) else "",
                api=_API_NAMES[route.verb],
                entrypoint="REST",
                code=code.name,
                seconds=seconds,
            )

    def _knows(self, name: str) -> bool:
        try:
            return bool(self._models.status(name))
        except StatusError:
            return False


def _ascii(header: str | None) -> str | None:
    """A header that can be compared; one that isn't ASCII is no token."""
    return header if header is None or header.isascii() else ""


def _error_response(error: StatusError) -> web.Response:
    if isinstance(error, rest_routes.VersionNumberError):
        return response(400, b"")
    answer = response(http_status(error), error_body(error.message))
    if error.code is grpc.StatusCode.UNAUTHENTICATED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
