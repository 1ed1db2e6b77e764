"""What an HTTP server, or something else on its port, may answer."""

import contextlib
import re
import socket
import threading
import time

import numpy as np
import pytest

from tests.zoo.serving.client.connections import LIVER, connected, refused
from zoo.serving.client.endpoint_error import EndpointError


def read_request(connection):
    """All of it: a socket that is closed with bytes unread takes its answer back."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(2**16)
    head, _, body = read.partition(b"\r\n\r\n")
    size = int(re.search(rb"Content-Length: (\d+)", head).group(1))
    while len(body) < size:
        body += connection.recv(2**16)


def answering(*blocks, pause_s=0.0):
    """A server that reads a request and writes what it is given, byte for byte."""

    @contextlib.contextmanager
    def server():
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def work():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    with connection:
                        read_request(connection)
                        for block in blocks:
                            connection.sendall(block)
                            time.sleep(pause_s)

            threading.Thread(target=work, daemon=True).start()
            yield listening.getsockname()[1]

    return server()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", "too_large"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n<html>", "forbidden"),
        (b"HTTP/1.1 301 There\r\nLocation: http://b\r\n\r\n", "other_protocol"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "other_protocol"),
        (b"HTTP/1.1 413 Too Large\r\nContent-Length: 90\r\n\r\n{", "too_large"),
        (b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", "busy"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "bad_answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{", "cut_off"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "other_protocol"),
        (b"", "cut_off"),
    ],
)
def test_what_else_may_answer_http(answer, code):
    with answering(answer) as port, connected("http", port) as service:
        assert refused(service).code == code


def test_how_long_http_asks_to_wait():
    head = b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n"
    date = time.strftime(
        "%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 60)
    ).encode()
    for value, wanted in ((b"7", 7), (date, 60), (b"soon", None)):
        with answering(head % value) as port, connected("http", port) as service:
            error = refused(service)
        assert error.code == "busy"
        assert error.retry_after_s == (wanted and pytest.approx(wanted, abs=2))


def test_an_answer_that_drips():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with (
        answering(head, *[b" "] * 100, pause_s=0.05) as port,
        connected("http", port) as service,
    ):
        begun = time.monotonic()
        assert refused(service, timeout_s=0.4).code == "deadline"
        assert time.monotonic() - begun < 2


def test_an_answer_without_end(monkeypatch):
    monkeypatch.setattr("zoo.serving.client.rest_service._MOST_BYTES", 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    with (
        answering(head + b" " * 5000) as port,
        connected("http", port) as service,
    ):
        assert refused(service).code == "bad_answer"


def test_http_that_refuses_before_all_is_sent():
    """As a proxy does that looks at the length alone."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def work():
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                with contextlib.suppress(OSError):
                    while connection.recv(2**20):
                        time.sleep(0.001)

        threading.Thread(target=work, daemon=True).start()
        with connected("http", listening.getsockname()[1]) as service:
            large = {"examples": np.array([b"a" * 2**24], object)}
            with pytest.raises(EndpointError, match="larger than the endpoint takes"):
                service.predict(LIVER, "a", large, outputs=["y"], timeout_s=20)
