import json
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

import pytest

from tests.zoo.serving.endpoint.recorded_models import recorded_models
from tests.zoo.serving.endpoint.rest_served import (
    GOOD,
    GOOD_PATH,
    ask,
    raw,
    received,
    rest_port,
)
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.rest_server import RestOptions, RestServer


def served(models=None, **options):
    return RestServer(
        models or recorded_models(),
        limits=Limits(),
        access=Access(),
        metrics=Metrics(),
        options=RestOptions(**options),
    )


class SlowModels:
    """The recorded models, which let a test say when they answer."""

    def __init__(self):
        self.asked, self.answer = threading.Event(), threading.Event()

    def find(self, *args, **kwargs):
        self.asked.set()
        self.answer.wait(120)
        return recorded_models().find(*args, **kwargs)

    def status(self, *args):
        return recorded_models().status(*args)


def test_a_port_that_is_taken_is_an_error_of_start():
    with rest_port() as port, pytest.raises(OSError, match="address already in use"):
        served(port=port).start()


def test_a_server_that_did_not_start_can_be_stopped():
    server = served(certificate="missing.pem", key="missing.pem")
    with pytest.raises(FileNotFoundError):
        server.start()
    server.stop(1.0)


def test_a_request_under_way_ends_when_the_server_stops():
    models = SlowModels()
    server = served(models)
    port = server.start()
    answers = []
    client = threading.Thread(
        target=lambda: answers.append(ask(port, "POST", GOOD_PATH, GOOD))
    )
    client.start()
    assert models.asked.wait(60)
    stopping = threading.Thread(target=server.stop, args=(100.0,))
    stopping.start()
    wait_until_refused(port)
    models.answer.set()
    stopping.join()
    client.join()
    assert answers[0][0] == 200


def wait_until_refused(port):
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:  # taken by the system as the socket closed
            pass
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_idle_connection_does_not_hold_up_the_end():
    server = served()
    with raw(server.start()):
        start = time.monotonic()
        server.stop(100.0)
    assert time.monotonic() - start < 60


def test_a_request_beyond_the_grace_is_cut():
    models = SlowModels()
    server = served(models)
    port = server.start()
    with raw(port) as sock:
        head = f"POST {GOOD_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(GOOD)}"
        sock.sendall(head.encode() + b"\r\n\r\n" + GOOD)
        assert models.asked.wait(60)
        start = time.monotonic()
        server.stop(0.2)
        assert time.monotonic() - start < 60
        assert received(sock) == b""
    models.answer.set()


def test_more_connections_than_allowed_are_closed():
    with rest_port(options=RestOptions(most_connections=1)) as port:
        with raw(port) as first:
            first.sendall(b"GET /v1/models/multi HTTP/1.1\r\nHost: a\r\n\r\n")
            assert first.recv(12) == b"HTTP/1.1 200"
            with raw(port) as second:
                assert received(second) == b""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                assert ask(port, "GET", "/v1/models/multi")[0] == 200
                break
            except OSError:  # the first is not closed yet
                time.sleep(0.05)
        else:
            pytest.fail("the place of a closed connection stays taken")


def test_with_a_certificate_the_server_speaks_tls(tmp_path):
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        + ["-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    with rest_port(options=RestOptions(certificate=certificate, key=key)) as port:
        context = ssl.create_default_context(cafile=str(certificate))
        url = f"https://localhost:{port}/v1/models/half_plus_two"
        with urllib.request.urlopen(url, context=context, timeout=30) as answer:
            assert json.load(answer)["model_version_status"][0]["version"] == "123"
        with raw(port) as plain:
            plain.sendall(b"GET /v1/models/multi HTTP/1.1\r\nHost: a\r\n\r\n")
            assert b"200" not in received(plain)
