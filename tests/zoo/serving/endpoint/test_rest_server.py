"""Every recorded case, asked of the server over HTTP."""

import http.client
import json
import math

import grpc
import pytest

from tests.zoo.serving.endpoint.recorded_models import RECORDED, RecordedModels
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.rest_server import RestOptions, RestServer
from zoo.serving.endpoint.rest_status import http_status
from zoo.serving.endpoint.status_error import StatusError

_CASES = json.loads((RECORDED / "rest.json").read_text())


class CountedMetrics:
    """Keeps what is recorded."""

    def __init__(self):
        self.records = []

    def record(self, **figures):
        self.records.append(figures)

    def text(self):
        return f"requests {len(self.records)}\n"


def served(*, options=None, access=None, metrics=None, **limits):
    return RestServer(
        RecordedModels(),
        limits=Limits(**limits),
        access=access or Access(),
        metrics=metrics or CountedMetrics(),
        options=options or RestOptions(),
    )


@pytest.fixture(scope="module")
def port():
    server = served()
    yield server.start()
    server.stop(1.0)


def ask(port, method, path, body=b"", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def same(ours, theirs):
    """Equality of JSON, of numbers to 1e-6."""
    if type(theirs) in (int, float) and type(ours) in (int, float):
        both_nan = math.isnan(ours) and math.isnan(theirs)
        return both_nan or ours == theirs or math.isclose(ours, theirs, rel_tol=1e-6)
    if isinstance(theirs, dict):
        return theirs.keys() == ours.keys() and all(
            same(ours[key], theirs[key]) for key in theirs
        )
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["path"])
def test_a_recorded_case_is_answered_as_the_true_server_does(port, case):
    status, body, _ = ask(port, case["method"], case["path"], case["body"].encode())
    if case["path"].endswith((":classify", ":regress")):
        assert status == 501
        return
    expected = StatusError(grpc.StatusCode[case["status"]], "")
    assert status == http_status(expected), body
    if not case["response"]:
        assert body == b""
        return
    theirs, ours = json.loads(case["response"]), json.loads(body)
    assert same(ours, theirs), (ours, theirs)
