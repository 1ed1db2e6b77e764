"""Both protocols against small servers of them: the same answers, the same causes."""

import contextlib
import dataclasses
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.zoo.serving.client import served
from tests.zoo.serving.client.fake_servers import SERVERS, Model, RefusedError
from zoo.serving.client import services
from zoo.serving.client.address import read
from zoo.serving.client.asking import Asking
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice

LIVER = ModelChoice(name="liver")
RECORDS = {"examples": np.array([b"\0record\xff"], object)}


@pytest.fixture(params=SERVERS)
def protocol(request):
    return request.param


@pytest.fixture
def model():
    seen = []

    def repeat(inputs):
        seen.append(inputs)
        return {"seen": inputs["x"] * 2, "n": inputs["n"] + 1, "text": np.array(["ä"])}

    made = Model({"serve_examples": lambda inputs: served.answer(), "repeat": repeat})
    made.signatures["single"] = lambda inputs: {"y": np.array([[1.5]], np.float32)}
    return made


@contextlib.contextmanager
def connected(protocol, port, *, tls=False, **options):
    address = read(f"{protocol}{'s' if tls else ''}://127.0.0.1:{port}")
    asking = Asking(address=address, choice=LIVER, **options)
    with contextlib.closing(services.connect(asking)) as service:
        yield service


@contextlib.contextmanager
def serving(protocol, model, **options):
    with (
        SERVERS[protocol](model) as port,
        connected(protocol, port, **options) as service,
    ):
        yield service


def ask(service, choice=LIVER, *, timeout_s=20, signature="serve_examples"):
    return service.predict(
        choice, signature, RECORDS, outputs=["probabilities"], timeout_s=timeout_s
    )


def refused(service, **options):
    with pytest.raises(EndpointError) as caught:
        ask(service, **options)
    return caught.value


def test_tensors_arrive_as_they_are(protocol, model):
    inputs = {
        "x": np.array([[0.1, -1e38], [np.nan, 1e-38]], np.float32),
        "n": np.array([[1, 2**40]], np.int64),
    }
    with serving(protocol, model) as service:
        outputs = service.predict(
            LIVER, "repeat", inputs, outputs=("seen", "n", "text"), timeout_s=20
        )
    np.testing.assert_allclose(outputs["seen"], inputs["x"] * 2, rtol=1e-6)
    assert outputs["seen"].dtype == np.float32
    assert outputs["n"].tolist() == [[2, 2**40 + 1]]
    assert outputs["text"].tolist() == ["ä"]


def test_records_arrive_byte_by_byte(protocol, model):
    seen = []
    model.signatures["serve_examples"] = lambda inputs: (
        seen.append(inputs["examples"][0]) or served.answer()
    )
    with serving(protocol, model) as service:
        ask(service)
    assert seen == [b"\0record\xff"]


def test_a_signature_with_one_output(protocol, model):
    with serving(protocol, model) as service:
        outputs = service.predict(LIVER, "single", RECORDS, outputs=["y"], timeout_s=20)
    assert outputs["y"].tolist() == [[1.5]]


def test_the_chosen_version_answers(protocol, model):
    with serving(protocol, model) as service:
        choices = [LIVER]
        choices += [dataclasses.replace(LIVER, version=number) for number in (1, 2)]
        choices += [dataclasses.replace(LIVER, label="stable")]
        versions = [service.version_of(one, timeout_s=20) for one in choices]
        for one in choices:
            ask(service, one)
    assert versions == [version for version, _ in model.asked] == [2, 1, 2, 1]


def test_names_that_a_path_must_quote(protocol, model):
    model.name, model.labels = "a/b: ü?", {"x/y": 2}
    with serving(protocol, model) as service:
        choice = ModelChoice(name=model.name, label="x/y")
        assert service.version_of(choice, timeout_s=20) == 2
        assert ask(service, choice)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (ModelChoice(name="nosuch"), "unknown_model"),
        (ModelChoice(name="liver", version=7), "unknown_version"),
        (ModelChoice(name="liver", label="nosuch"), "unknown_label"),
    ],
)
def test_what_is_not_there(protocol, model, choice, code):
    with serving(protocol, model) as service:
        assert refused(service, choice=choice).code == code
        assert refused(service, signature="nosuch").code == "no_signature"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *[("UNAVAILABLE", "busy"), ("RESOURCE_EXHAUSTED", "busy")],
        *[("INTERNAL", "server_fault"), ("INVALID_ARGUMENT", "rejected")],
    ],
)
def test_what_the_server_refuses(protocol, model, status, code):
    model.refusals = [RefusedError(status, "its own words")]
    with serving(protocol, model) as service:
        error = refused(service)
        assert (error.code, error.private) == (code, "its own words")
        assert ask(service)


def test_a_token(protocol, model):
    model.token = "word"
    with SERVERS[protocol](model) as port:
        for token, code in ((None, "token_missing"), ("x", "token_refused")):
            with connected(protocol, port, token=token) as service:
                assert refused(service).code == code
        with connected(protocol, port, token="word") as service:
            assert ask(service)


def test_tls(protocol, model, certificates):
    pair = {"certificate": certificates.local, "key": certificates.local_key}
    with SERVERS[protocol](model, **pair) as port:
        ca_file = str(certificates.ca)
        with connected(protocol, port, tls=True, ca_file=ca_file) as service:
            assert ask(service)["probabilities"].shape == (1, 2)
        with connected(protocol, port, tls=True) as service:
            assert refused(service).code in ("unreachable", "unknown_ca")
        assert len(model.asked) == 1


def test_nothing_listens(protocol):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with connected(protocol, port) as service:
        error = refused(service)
    assert error.code in ("unreachable", "refused") and error.may_pass


def test_a_server_that_does_not_answer(protocol):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with connected(protocol, mute.getsockname()[1]) as service:
            begun = time.monotonic()
            assert refused(service, timeout_s=0.3).code == "deadline"
            assert time.monotonic() - begun < 3


def test_a_host_that_takes_no_connection(monkeypatch):
    monkeypatch.setattr("zoo.serving.client.rest_service._LONGEST_CONNECT_S", 0.3)
    with contextlib.ExitStack() as opened:
        deaf = opened.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):  # those fill its queue; whoever comes later is not heard
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        service = opened.enter_context(connected("http", deaf.getsockname()[1]))
        begun = time.monotonic()
        assert refused(service, timeout_s=60).code == "unreachable"
        assert time.monotonic() - begun < 10


def test_a_model_that_takes_too_long(protocol, model):
    free = threading.Event()
    model.signatures["serve_examples"] = lambda inputs: free.wait(20) and {}
    with serving(protocol, model) as service:
        assert refused(service, timeout_s=0.3).code == "deadline"
        free.set()


def test_closing_ends_what_waits(protocol, model):
    free, asked = threading.Event(), threading.Event()
    model.signatures["serve_examples"] = lambda inputs: (
        asked.set() or (free.wait(20) and served.answer())
    )
    with SERVERS[protocol](model) as port, connected(protocol, port) as service:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(refused, service)
            assert asked.wait(10)
            begun = time.monotonic()
            service.close()
            assert waiting.result().code == "stopped"
            assert time.monotonic() - begun < 5
        free.set()


def test_an_output_that_is_missing(protocol, model):
    model.signatures["serve_examples"] = lambda inputs: {
        "label": np.array(["ill"]),
        "class_names": np.array([["well", "ill"]]),
    }
    with serving(protocol, model) as service:
        assert refused(service).code == "bad_answer"


def test_proxies_of_the_environment_are_not_used(protocol, model, monkeypatch):
    for name in ("http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(protocol, model) as service:
        assert ask(service)


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


def test_grpc_that_takes_no_such_length(model):
    large = {"examples": np.array([b"a" * 2**20], object)}
    with (
        SERVERS["grpc"](model, largest=2**16) as port,
        connected("grpc", port) as service,
        pytest.raises(EndpointError, match="larger than the endpoint takes"),
    ):
        service.predict(LIVER, "a", large, outputs=["y"], timeout_s=20)


def test_grpc_sends_more_than_its_usual_4_mib(model):
    with serving("grpc", model) as service:
        large = {"examples": np.array([b"a" * 2**23], object)}
        assert service.predict(
            LIVER, "serve_examples", large, outputs=["label"], timeout_s=20
        )


def test_each_protocol_on_the_port_of_the_other(model):
    with SERVERS["grpc"](model) as port, connected("http", port) as service:
        assert refused(service).code in ("other_protocol", "cut_off")
    with SERVERS["http"](model) as port, connected("grpc", port) as service:
        assert refused(service, timeout_s=5).code == "other_protocol"
