import gzip
import json
import threading
import time

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
from zoo.serving.endpoint.rest_handler import Page
from zoo.serving.endpoint.rest_server import RestOptions

_TOKEN = "0123456789abcdef"
_PAGES = {"/metrics": Page(content_type="text/plain", text=lambda: "count 3\n")}


class CountedMetrics:
    """Keeps what is recorded."""

    def __init__(self):
        self.records = []

    def record(self, *, seconds, **labels):
        self.records.append(labels)


class FailingModels:
    """Models whose table breaks in a way of its own."""

    def __init__(self, error):
        self._error = error

    def find(self, *args, **kwargs):
        raise self._error

    def status(self, *args):
        return recorded_models().status(*args)


class HeldModels:
    """The recorded models, which answer once a test says so."""

    def __init__(self):
        self.answer = threading.Event()

    def find(self, *args, **kwargs):
        self.answer.wait(120)
        return recorded_models().find(*args, **kwargs)

    def status(self, *args):
        return recorded_models().status(*args)


@pytest.fixture(scope="module")
def port():
    options = RestOptions(pages=_PAGES)
    with rest_port(options=options, max_request_bytes=10_000) as port:
        yield port


@pytest.fixture(scope="module")
def guarded_port():
    options = RestOptions(pages=_PAGES)
    with rest_port(access=Access(token=_TOKEN), options=options) as port:
        yield port


def test_a_good_request_is_answered(port):
    status, body, headers = ask(port, "POST", GOOD_PATH, GOOD)
    assert (status, json.loads(body)) == (200, {"predictions": [0.0]})
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"


def test_no_answer_tells_what_serves_it(port):
    for path in ("/v1/models/multi", "/", "/v1/models/multi/"):
        assert ask(port, "GET", path)[2]["Server"] == "zoo"


def test_what_is_no_http_is_400_and_tells_nothing_either(port):
    with raw(port) as sock:
        sock.sendall(b"nonsense\r\n\r\n")
        answer = received(sock)
    head, body = answer.split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400") or head.startswith(b"HTTP/1.0 400")
    assert json.loads(body) == {"error": "Malformed HTTP request"}
    assert b"aiohttp" not in answer


def test_a_path_outside_the_api_is_404(port):
    assert ask(port, "GET", "/nothing")[0] == 404


def test_a_page_stands_at_its_path(port):
    status, body, headers = ask(port, "GET", "/metrics")
    assert (status, body) == (200, b"count 3\n")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_another_method_is_malformed_and_there_is_no_cors(port, method):
    status, body, headers = ask(port, method, GOOD_PATH)
    assert (status, json.loads(body)["error"]) == (
        400,
        f"Malformed request: {method} {GOOD_PATH}",
    )
    assert not [name for name in headers if name.startswith("Access-Control")]


def test_an_absolute_target_is_asked_like_its_path(port):
    with raw(port) as sock:
        sock.sendall(b"GET http://a:1/v1/models/multi HTTP/1.0\r\n\r\n")
        assert received(sock).startswith(b"HTTP/1.0 200")


@pytest.mark.parametrize("path", ["/v1/models/multi", "/metrics", "/", GOOD_PATH])
@pytest.mark.parametrize(
    "shown", [None, "Bearer wrong", _TOKEN, f"Basic {_TOKEN}", "Bearer \xff\xfe"]
)
def test_nothing_is_answered_without_the_token(guarded_port, path, shown):
    headers = {} if shown is None else {"Authorization": shown}
    status, body, headers = ask(guarded_port, "GET", path, headers=headers)
    assert status == 401
    assert "authorization" in json.loads(body)["error"]
    assert headers["WWW-Authenticate"] == "Bearer"


def test_a_request_with_the_token_is_answered(guarded_port):
    headers = {"Authorization": f"Bearer {_TOKEN}"}
    assert ask(guarded_port, "POST", GOOD_PATH, GOOD, headers)[0] == 200


def test_a_large_request_is_refused_before_it_is_sent(port):
    with raw(port) as sock:
        head = f"POST {GOOD_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 10001\r\n"
        sock.sendall(head.encode() + b"Connection: close\r\n\r\n")
        assert sock.recv(12) == b"HTTP/1.1 413"


def test_a_connection_on_which_a_body_still_comes_is_not_kept(port):
    length = {"Content-Length": "10001"}
    status, _, headers = ask(port, "POST", GOOD_PATH, None, length)
    assert (status, headers["Connection"]) == (413, "close")
    assert "Connection" not in ask(port, "POST", GOOD_PATH, GOOD)[2]


def test_a_large_request_of_unsaid_length_is_refused_as_it_grows(port):
    chunks = (b" " * 1000 for _ in range(20))
    status, body, _ = ask(port, "POST", GOOD_PATH, chunks)
    assert status == 413
    assert "10000 bytes" in json.loads(body)["error"]


def test_a_packed_request_is_unpacked(port):
    headers = {"Content-Encoding": "gzip"}
    assert ask(port, "POST", GOOD_PATH, gzip.compress(GOOD), headers)[0] == 200


def test_a_packed_bomb_is_refused(port):
    headers = {"Content-Encoding": "gzip"}
    bomb = gzip.compress(b" " * 10**6)
    assert len(bomb) < 10_000
    assert ask(port, "POST", GOOD_PATH, bomb, headers)[0] == 413


@pytest.mark.parametrize("pause_s", [0, 0.3])
def test_a_broken_transfer_is_400(port, pause_s):
    with raw(port) as sock:
        head = f"POST {GOOD_PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked"
        sock.sendall(head.encode() + b"\r\n\r\n3\r\nabc\r\n")
        time.sleep(pause_s)
        sock.sendall(b"zz\r\n")
        assert received(sock).split(b" ")[1] == b"400"


def test_a_client_that_waits_for_the_word_gets_it(port):
    with raw(port) as sock:
        head = f"POST {GOOD_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(GOOD)}"
        sock.sendall(head.encode() + b"\r\nExpect: 100-continue\r\n\r\n")
        assert sock.recv(2**16) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(GOOD)
        assert sock.recv(12) == b"HTTP/1.1 200"


def test_a_slow_body_is_408():
    with rest_port(options=RestOptions(waiting_s=0.5)) as port, raw(port) as sock:
        head = f"POST {GOOD_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
        sock.sendall(head.encode() + b"{")
        assert sock.recv(12) == b"HTTP/1.1 408"


def test_a_slow_model_is_504():
    models = HeldModels()
    with rest_port(models=models, request_timeout_s=0.2) as port:
        start = time.monotonic()
        assert ask(port, "POST", GOOD_PATH, GOOD)[0] == 504
        assert time.monotonic() - start < 60
        models.answer.set()


def test_more_requests_than_allowed_are_503_until_those_before_end():
    models = HeldModels()
    with rest_port(models=models, max_requests=1, request_timeout_s=1.0) as port:
        assert ask(port, "POST", GOOD_PATH, GOOD)[0] == 504
        status, body, _ = ask(port, "POST", GOOD_PATH, GOOD)
        assert status == 503
        assert "try again later" in json.loads(body)["error"]
        assert ask(port, "GET", "/v1/models/multi")[0] == 200
        models.answer.set()
        deadline = time.monotonic() + 60
        while ask(port, "POST", GOOD_PATH, GOOD)[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_fault_of_ours_is_500_and_the_log_has_no_data(caplog):
    models = FailingModels(RuntimeError("patient 7"))
    with rest_port(models=models, metrics=CountedMetrics()) as port:
        status, body, _ = ask(port, "POST", GOOD_PATH, GOOD)
    assert (status, json.loads(body)["error"]) == (
        500,
        "the server met an error of its own",
    )
    assert "RuntimeError in a REST request" in caplog.text
    assert "patient 7" not in caplog.text


def test_memory_that_is_used_up_is_429():
    models = FailingModels(MemoryError())
    with rest_port(models=models, metrics=CountedMetrics()) as port:
        assert ask(port, "POST", GOOD_PATH, GOOD)[0] == 429


def test_requests_are_counted_by_the_names_of_models_there_are():
    metrics = CountedMetrics()
    with rest_port(metrics=metrics) as port:
        ask(port, "POST", GOOD_PATH, GOOD)
        ask(port, "POST", GOOD_PATH, b"{")
        ask(port, "GET", "/v1/models/invented/metadata")
        ask(port, "GET", "/v1/models/multi/")
    rest = {"entrypoint": "REST"}
    assert metrics.records == [
        rest | {"model": "multi", "api": "predict", "code": "OK"},
        rest | {"model": "multi", "api": "predict", "code": "INVALID_ARGUMENT"},
        rest | {"model": "", "api": "get_model_metadata", "code": "NOT_FOUND"},
    ]
