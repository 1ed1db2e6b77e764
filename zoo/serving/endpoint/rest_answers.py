"""From a route and a body to the JSON that answers it; runs in a thread of work."""

import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from zoo.serving.endpoint import (
    rest_metadata,
    rest_parsing,
    rest_requests,
    rest_responses,
    rest_routes,
)
from zoo.serving.endpoint.rest_requests import Inputs
from zoo.serving.endpoint.rest_routes import Route
from zoo.serving.endpoint.rest_status import BodyTooLargeError, invalid
from zoo.serving.endpoint.servable import Servable
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError

_GZIP = 16 + zlib.MAX_WBITS
_DEFAULT_SIGNATURE = "serving_default"


class Answers:
    """Answers questions by the models served; safe to use from any thread.

    Args:
        models: those served.
        max_bytes: of a body, unpacked.
        decoders: bodies turned into arrays at a time, as a parsed body takes many times
            its size in memory.
    """

    def __init__(self, models: ServedModels, *, max_bytes: int, decoders: int):
        self._models = models
        self._max_bytes = max_bytes
        self._decoding = threading.Semaphore(decoders)

    def description(self, route: Route) -> bytes:
        """The status or the metadata of a model, JSON in UTF-8.

        Raises:
            StatusError: NOT_FOUND, or INVALID_ARGUMENT for an unknown label.
        """
        if route.verb == rest_routes.METADATA:
            return rest_metadata.metadata(self._find(route))
        # of all versions where a label is given, as the true server answers
        return rest_metadata.status(self._models.status(route.name, route.version))

    def prediction(
        self, route: Route, body: bytes, *, gzip: bool, deadline: float
    ) -> bytes:
        """A model's answer, JSON in UTF-8.

        Args:
            route: which model.
            body: as it arrived.
            gzip: whether the body is packed.
            deadline: by `time.monotonic()`.

        Raises:
            StatusError: there is no answer.
        """
        if route.verb != rest_routes.PREDICT:
            raise StatusError(
                grpc.StatusCode.UNIMPLEMENTED,
                f"This server predicts, but has no {route.verb}; ask for predict",
            )
        servable, name, inputs = self._decoded(
            route, body, gzip=gzip, deadline=deadline
        )
        if time.monotonic() > deadline:
            raise late()
        outputs = servable.run(name, inputs.arrays, deadline=deadline)
        form = rest_responses.by_rows if inputs.by_rows else rest_responses.by_columns
        return form(outputs)

    @contextmanager
    def _decoder(self, deadline: float) -> Iterator[None]:
        """Waits for a place among those who decode."""
        left_s = deadline - time.monotonic()
        if left_s <= 0 or not self._decoding.acquire(timeout=left_s):
            raise late()
        try:
            yield
        finally:
            self._decoding.release()

    def _find(self, route: Route) -> Servable:
        return self._models.find(route.name, version=route.version, label=route.label)

    def _decoded(
        self, route: Route, body: bytes, *, gzip: bool, deadline: float
    ) -> tuple[Servable, str, Inputs]:
        """Who is asked, by which signature, and what."""
        with self._decoder(deadline):
            if gzip:
                body = unpacked(body, self._max_bytes)
            document = rest_parsing.parsed(body)
            signature_name = rest_requests.signature_name(document)
            servable = self._find(route)
            signatures = servable.meta_graph.signature_def
            key = signature_name or _DEFAULT_SIGNATURE
            # A set: protobuf's own look-up fails on text that is no Unicode, as
            # JSON's "\ud800" isn't.
            if key not in {*signatures}:
                raise invalid(
                    f'Serving signature name: "{key}" not found in signature def'
                )
            infos = signatures[key].inputs
            if not infos:
                raise invalid(
                    f"Failed to get input map for signature: "
                    f"{signature_name or 'DEFAULT'}"
                )
            return servable, signature_name, rest_requests.inputs(document, infos)


def late() -> StatusError:
    """The error of a request that took longer than it may."""
    return StatusError(
        grpc.StatusCode.DEADLINE_EXCEEDED,
        "the request was not answered within the time that the server allows",
    )


def unpacked(body: bytes, max_bytes: int) -> bytes:
    """A gzip body as it was before.

    Raises:
        StatusError: INVALID_ARGUMENT if it is no gzip; RESOURCE_EXHAUSTED as soon as
            it is larger than allowed.
    """
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise invalid("The body is no gzip, as Content-Encoding says") from error
    if len(text) > max_bytes:
        raise BodyTooLargeError(max_bytes)
    if not unpacker.eof:
        raise invalid("The gzip body ends too early")
    return text
