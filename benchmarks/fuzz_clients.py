"""How the requests of a fuzz run are sent, and whether their answers are proper."""

import contextlib
import http.client
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence

import grpc
from fuzz_grpc import GrpcRequest, is_proper
from fuzz_rest import RestRequest, framed
from tensorflow_serving.apis import predict_pb2

_HOST = "127.0.0.1"
_TIMEOUT_S = 45.0  # beyond the server's own
_LEAVE_S = 0.3  # after which a client that sent no HTTP waits for no answer
_RESET = struct.pack("ii", 1, 0)  # a connection so closed is not ended but broken off
_RIGHT_BODY = b'{"instances": [{"x": 2.0}]}'


class RestClient:
    """Sends each request over a connection of its own.

    Args:
        port: of the server on this machine.
    """

    def __init__(self, port: int):
        self._address = (_HOST, port)

    def ask(self, request: RestRequest) -> tuple[str, str]:
        """What the answer was, and what is wrong with it; "" = nothing."""
        try:
            with socket.create_connection(self._address, _TIMEOUT_S) as connection:
                return self._asked(connection, request)
        except TimeoutError:
            return "timeout", f"no answer in {_TIMEOUT_S} s" if request.is_http else ""
        except (OSError, http.client.HTTPException) as error:
            answer = type(error).__name__
            return answer, f"{answer} {error}" if request.is_http else ""

    def _asked(
        self, connection: socket.socket, request: RestRequest
    ) -> tuple[str, str]:
        for number, piece in enumerate(request.pieces):
            time.sleep(request.pause_s if number else 0)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(piece)  # an answer may be there all the same
        if request.cut:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return "cut", ""
        if not request.is_http:  # it may seem to lack a part, for which a server waits
            connection.settimeout(_LEAVE_S)
        answer = http.client.HTTPResponse(connection, method=request.method)
        answer.begin()
        return str(answer.status), _rest_fault(request, answer.status, answer.read())

    def ask_right(self) -> tuple[str, str]:
        """Asks what has one answer."""
        request = framed("/v1/models/half_plus_two:predict", _RIGHT_BODY)
        try:
            with socket.create_connection(self._address, _TIMEOUT_S) as connection:
                connection.sendall(request)
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__, f"REST: {error}"
        if answer.status != 200 or json.loads(body) != {"predictions": [3.0]}:
            return str(answer.status), f"REST: {answer.status} {body[:200]}"
        return "200", ""


def _rest_fault(request: RestRequest, status: int, body: bytes) -> str:
    if status not in request.statuses:
        return f"{status} {body[:300]}"
    if request.method == "HEAD" or not body:
        return "" if status != 200 or request.method == "HEAD" else "200 without a body"
    try:
        document = json.loads(body.decode("utf-8"))
    except ValueError:
        return f"{status}, no JSON: {body[:300]}"
    if status != 200 and not isinstance(document.get("error"), str):
        return f"{status} without an error: {body[:300]}"
    return ""


class GrpcClient:
    """Sends bytes as they are, over a few channels.

    Args:
        port: of the server on this machine.
    """

    def __init__(self, port: int):
        options = (("grpc.max_receive_message_length", -1),)
        self._channel = grpc.insecure_channel(f"{_HOST}:{port}", options)

    def ask(self, request: GrpcRequest) -> tuple[str, str]:
        """What the status was, and what is wrong with it; "" = nothing."""
        code, message, _ = self._answer(request)
        fine = request.cut or is_proper(request, code, message)
        return code, "" if fine else f"{code}: {message}"

    def ask_right(self, request: GrpcRequest, expected: bytes) -> tuple[str, str]:
        """Asks what has one answer."""
        code, message, content = self._answer(request)
        read = predict_pb2.PredictResponse.FromString
        if code != "OK" or read(content).outputs != read(expected).outputs:
            return code, f"gRPC: {code} {message} {content[:100]}"
        return code, ""

    def _answer(self, request: GrpcRequest) -> tuple[str, str, bytes]:
        call = self._channel.unary_unary(request.method).future(
            request.content, timeout=request.timeout_s or _TIMEOUT_S
        )
        if request.cut:
            call.cancel()
            return "cut", "", b""
        try:
            return "OK", "", call.result()
        except grpc.RpcError as error:
            return error.code().name, error.details() or "", b""


@contextlib.contextmanager
def idle_connections(ports: Sequence[int]) -> Iterator[Callable[[], list[int]]]:
    """Connections that begin something and leave it; gives what says which are open."""
    with contextlib.ExitStack() as held:
        connections = []
        for port in ports:
            for start in (
                b"",
                b"POST /v1/mod",
                framed("/v1/models/multi:predict", b""),
            ):
                made = socket.create_connection((_HOST, port), _TIMEOUT_S)
                connections.append((port, held.enter_context(made)))
                made.sendall(start.replace(b"Length: 0", b"Length: 90"))
        yield lambda: [port for port, made in connections if _is_open(made)]


def _is_open(connection: socket.socket) -> bool:
    """Whether the other side has not closed it."""
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False
