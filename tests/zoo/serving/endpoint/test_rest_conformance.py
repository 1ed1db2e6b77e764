"""Every recorded case, asked of the server over HTTP."""

import json
import math

import grpc
import pytest

from tests.zoo.serving.endpoint.recorded_models import RECORDED
from tests.zoo.serving.endpoint.rest_served import ask, rest_port
from zoo.serving.endpoint.rest_status import http_status
from zoo.serving.endpoint.status_error import StatusError

_CASES = json.loads((RECORDED / "rest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def port():
    with rest_port() as port:
        yield port


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


def _identity(case):
    return f"{case['method']} {case['path']} {case['body'][:60]}"


@pytest.mark.parametrize("case", _CASES, ids=_identity)
def test_a_recorded_case_is_answered_as_the_true_server_does(port, case):
    status, body, _ = ask(port, case["method"], case["path"], case["body"].encode())
    if case["path"].endswith((":classify", ":regress")):
        assert status == 501
        return
    if case["status"] == "OK":
        assert status == 200, body
    else:
        assert status == http_status(StatusError(grpc.StatusCode[case["status"]], ""))
    if case["response"]:
        assert same(json.loads(body), json.loads(case["response"])), body
    else:
        assert body == b""
