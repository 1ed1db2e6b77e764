import json

import grpc
import pytest

from zoo.serving.endpoint.rest_status import (
    BodyTooLargeError,
    SlowBodyError,
    error_body,
    http_status,
    invalid,
)
from zoo.serving.endpoint.status_error import StatusError


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, 400),
        (grpc.StatusCode.UNAUTHENTICATED, 401),
        (grpc.StatusCode.PERMISSION_DENIED, 403),
        (grpc.StatusCode.NOT_FOUND, 404),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 429),
        (grpc.StatusCode.CANCELLED, 499),
        (grpc.StatusCode.UNKNOWN, 500),
        (grpc.StatusCode.UNIMPLEMENTED, 501),
        (grpc.StatusCode.UNAVAILABLE, 503),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 504),
    ],
)
def test_a_status_of_grpc_has_one_of_http(code, status):
    assert http_status(StatusError(code, "")) == status


def test_every_status_of_grpc_has_one_of_http():
    assert all(http_status(StatusError(code, "")) for code in grpc.StatusCode)


def test_a_body_too_large_is_413():
    error = BodyTooLargeError(1000)
    assert http_status(error) == 413
    assert error.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "1000 bytes" in error.message


def test_a_slow_body_is_408():
    assert http_status(SlowBodyError(2.5)) == 408
    assert "2.5 seconds" in SlowBodyError(2.5).message


def test_an_invalid_request_keeps_its_message():
    assert invalid("why").message == "why"


def test_an_error_is_told_as_json_whatever_its_message_holds():
    assert json.loads(error_body('a "quote"\n\ud800')) == {"error": 'a "quote"\n?'}
