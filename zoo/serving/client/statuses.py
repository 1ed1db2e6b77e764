"""From the status of a refused request to its cause, for both protocols."""

import re

from zoo.serving.client.endpoint_error import EndpointError

# HTTP's numbers by the names that gRPC has; a proxy answers gRPC with them too.
OF_HTTP = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    412: "FAILED_PRECONDITION",
    413: "TOO_LARGE",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_CODES = {
    "PERMISSION_DENIED": "forbidden",
    "DEADLINE_EXCEEDED": "deadline",
    "TOO_LARGE": "too_large",
    "RESOURCE_EXHAUSTED": "busy",
    "UNAVAILABLE": "busy",
    "NOT_FOUND": "unknown_model",
    "CANCELLED": "stopped",
    "UNIMPLEMENTED": "other_protocol",
    "INVALID_ARGUMENT": "rejected",
    "FAILED_PRECONDITION": "rejected",
    "OUT_OF_RANGE": "rejected",
}
# Where a status says too little: words of TensorFlow Serving, gRPC and the proxy.
_BY_WORDS = (
    (r"Unrecognized servable version label", "unknown_label"),
    (r"Serving signature (name|key).*not found", "no_signature"),
    (r"request: Specific\(|Could not find version ", "unknown_version"),
    (r"request: Latest\(|Could not find any versions", "unknown_model"),
    (r"(?i)larger than|too large|exceeds .*bytes", "too_large"),
)
_REFUSED = ("INVALID_ARGUMENT", "FAILED_PRECONDITION", "NOT_FOUND")
_LARGE = ("RESOURCE_EXHAUSTED",)


def error(
    status: str,
    words: str,
    *,
    token_sent: bool,
    retry_after_s: float | None = None,
) -> EndpointError:
    """The cause of a refusal.

    Args:
        status: its name in gRPC, or `TOO_LARGE`, which only HTTP has.
        words: the server's own.
        token_sent: whether the request carried a token.
    """
    if status == "UNAUTHENTICATED":
        code = "token_refused" if token_sent else "token_missing"
        return EndpointError(code, words)
    code = _CODES.get(status, "server_fault")
    for pattern, meaning in _BY_WORDS:
        statuses = _LARGE if meaning == "too_large" else _REFUSED
        if status in statuses and re.search(pattern, words, re.DOTALL):
            code = meaning
            break
    return EndpointError(code, words, retry_after_s=retry_after_s)
