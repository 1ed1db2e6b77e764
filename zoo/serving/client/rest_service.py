"""TensorFlow Serving's REST protocol, by Python's own HTTP."""

import contextlib
import http.client
import socket
import time
from collections.abc import Iterator, Sequence
from urllib.parse import quote

import numpy as np

from zoo.serving.client import certificates, rest_faults, rest_json
from zoo.serving.client.address import Address
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.client.service import Tensors

_MOST_BYTES = 2**26  # of an answer
_BLOCK = 2**16
_LONGEST_CONNECT_S = 10.0  # where nobody answers at all, this is said before long
_SHORTEST_S = 0.001


class RestService:
    """An endpoint over HTTP; every request has a connection of its own.

    Proxies that the environment names are not used: a study goes to the endpoint and
    nowhere else. Redirections are not followed.
    """

    def __init__(self, address: Address, *, token: str | None, ca_file: str | None):
        """Connects to nothing yet.

        Raises:
            UsageError: `ca_file` holds no certificates.
        """
        self._address = address
        self._context = certificates.context(ca_file) if address.tls else None
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._open: set[socket.socket] = set()
        self._closed = False

    def version_of(self, choice: ModelChoice, *, timeout_s: float) -> int:
        """See `zoo.serving.client.service.Service`."""
        body = self._answer("GET", _path(choice) + "/metadata", None, timeout_s)
        try:
            return int(rest_json.content(body)["model_spec"]["version"])
        except (KeyError, TypeError, ValueError) as error:
            raise EndpointError("bad_answer", f"no version: {error}") from error

    def predict(
        self,
        choice: ModelChoice,
        signature: str,
        inputs: Tensors,
        *,
        outputs: Sequence[str],
        optional: Sequence[str] = (),
        timeout_s: float,
    ) -> dict[str, np.ndarray]:
        """See `zoo.serving.client.service.Service`."""
        sent = rest_json.request(signature, inputs)
        body = self._answer("POST", _path(choice) + ":predict", sent, timeout_s)
        return rest_json.outputs(body, outputs, optional)

    def close(self) -> None:
        """See `zoo.serving.client.service.Service`."""
        self._closed = True
        for wire in tuple(self._open):
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def _answer(
        self, method: str, path: str, body: bytes | None, timeout_s: float
    ) -> bytes:
        """The body of an answer with status 200."""
        end = time.monotonic() + timeout_s
        with self._faults(sending=body is not None), self._wire(end) as opened:
            connection, wire = opened
            response = self._response(connection, method, path, body)
            try:
                content = _read(response, wire, end)
            except ConnectionResetError:
                if response.status == 200:
                    raise
                content = b""  # the status says enough of a refusal that is cut off
        if response.status == 200:
            return content
        raise rest_faults.of_answer(response, content, token_sent=bool(self._headers))

    @contextlib.contextmanager
    def _wire(
        self, end: float
    ) -> Iterator[tuple[http.client.HTTPConnection, socket.socket]]:
        """A connection and its socket, which the connection itself forgets early."""
        if self._closed:
            raise EndpointError("stopped")
        place = (self._address.host, self._address.port)
        patience = min(_left(end), _LONGEST_CONNECT_S)
        if self._context is None:
            connection = http.client.HTTPConnection(*place, timeout=patience)
        else:
            connection = http.client.HTTPSConnection(
                *place, timeout=patience, context=self._context
            )
        with contextlib.closing(connection):
            try:
                connection.connect()
            except TimeoutError as error:
                raise EndpointError("unreachable", str(error)) from error
            wire = connection.sock
            wire.settimeout(_left(end))
            self._open.add(wire)
            try:
                yield connection, wire
            finally:
                self._open.discard(wire)

    def _response(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: bytes | None,
    ) -> http.client.HTTPResponse:
        headers = self._headers
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        # A server that refuses by the header closes while the body is sent: its answer
        # is there all the same.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, self._address.path + path, body, headers)
        return connection.getresponse()

    @contextlib.contextmanager
    def _faults(self, *, sending: bool) -> Iterator[None]:
        """Raises what fails on the way as an EndpointError."""
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            fault = rest_faults.of_connection(error, sending=sending)
            raise EndpointError("stopped") if self._closed else fault from error


def _left(end: float) -> float:
    """Seconds until then, for a socket, which takes no 0."""
    return max(end - time.monotonic(), _SHORTEST_S)


def _path(choice: ModelChoice) -> str:
    path = f"/v1/models/{quote(choice.name, safe='')}"
    if choice.version is not None:
        return f"{path}/versions/{choice.version}"
    if choice.label is not None:
        return f"{path}/labels/{quote(choice.label, safe='')}"
    return path


def _read(
    response: http.client.HTTPResponse,
    wire: socket.socket,
    end: float,
) -> bytes:
    """The whole answer, if it comes in time."""
    blocks, size = [], 0
    while block := response.read1(_BLOCK):
        blocks.append(block)
        size += len(block)
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer comes too slowly")
        if size > _MOST_BYTES:
            raise EndpointError("bad_answer", f"more than {_MOST_BYTES} bytes")
        if not response.isclosed():
            wire.settimeout(left)
    if response.length:  # that were promised and did not come
        raise ConnectionResetError("the answer is not whole")
    return b"".join(blocks)
