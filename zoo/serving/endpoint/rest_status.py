"""A gRPC status as an HTTP status and a JSON body, as TensorFlow Serving maps it."""

import json

import grpc

from zoo.serving.endpoint.status_error import StatusError

_HTTP = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}


class BodyTooLargeError(StatusError):
    """A request is larger than the server takes: RESOURCE_EXHAUSTED, HTTP 413."""

    def __init__(self, limit: int):
        super().__init__(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            f"the request is larger than the {limit} bytes that this server takes",
        )


class SlowBodyError(StatusError):
    """A request didn't arrive whole in time: DEADLINE_EXCEEDED, HTTP 408."""

    def __init__(self, limit_s: float):
        super().__init__(
            grpc.StatusCode.DEADLINE_EXCEEDED,
            f"the request did not arrive within {limit_s:g} seconds",
        )


def invalid(message: str) -> StatusError:
    """The error of a request that must be changed before it is sent again."""
    return StatusError(grpc.StatusCode.INVALID_ARGUMENT, message)


def http_status(error: StatusError) -> int:
    """The HTTP status that a request which met this error is answered with."""
    if isinstance(error, BodyTooLargeError):
        return 413
    if isinstance(error, SlowBodyError):
        return 408
    return _HTTP[error.code]


def error_body(message: str) -> bytes:
    """`{"error": message}`, UTF-8; what is no Unicode in it is replaced."""
    text = json.dumps({"error": message}, ensure_ascii=False)
    return text.encode("utf-8", "replace")
