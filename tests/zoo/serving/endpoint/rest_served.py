"""A REST server of the recorded models, and plain HTTP to ask it."""

import contextlib
import http.client
import socket

from tests.zoo.serving.endpoint.recorded_models import recorded_models
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.rest_server import RestOptions, RestServer

GOOD = b'{"signature_name": "nan", "instances": [1.0]}'
GOOD_PATH = "/v1/models/multi:predict"


@contextlib.contextmanager
def rest_port(*, models=None, access=None, metrics=None, options=None, **limits):
    """The port of a server that stops at the end of `with`."""
    server = RestServer(
        models or recorded_models(),
        limits=Limits(**limits),
        access=access or Access(),
        metrics=metrics or Metrics(),
        options=options or RestOptions(),
    )
    try:
        yield server.start()
    finally:
        server.stop(5.0)


def ask(port, method, path, body=None, headers=None):
    """Status, body and headers of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


@contextlib.contextmanager
def raw(port):
    """A socket to the server."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        yield sock


def received(sock):
    """All that comes until the server closes the connection."""
    chunks = []
    with contextlib.suppress(ConnectionResetError):
        while chunk := sock.recv(2**16):
            chunks.append(chunk)
    return b"".join(chunks)
