"""What failed on the way to a REST endpoint, or was refused there, by its cause."""

import email.utils
import http.client
import ssl
import time

from zoo.serving.client import certificates, rest_json, statuses
from zoo.serving.client.endpoint_error import EndpointError


def of_connection(error: Exception, *, sending: bool) -> EndpointError:
    """What an error of a connection means."""
    if isinstance(error, ssl.SSLError):
        return certificates.error(error)
    if isinstance(error, TimeoutError):
        return EndpointError("deadline", str(error))
    if isinstance(error, ConnectionRefusedError):
        return EndpointError("refused", error.strerror or "")
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return EndpointError("cut_off" if sending else "unreachable", str(error))
    if isinstance(error, http.client.HTTPException):
        words = f"{type(error).__name__}: {error!s:.200}"
        return EndpointError("other_protocol", words)
    words = error.strerror if isinstance(error, OSError) else None
    return EndpointError("unreachable", words or str(error))


def of_answer(
    response: http.client.HTTPResponse, body: bytes, *, token_sent: bool
) -> EndpointError:
    """What an answer means whose status is not 200."""
    status = statuses.OF_HTTP.get(response.status, "UNKNOWN")
    try:
        words = str(rest_json.content(body)["error"])
    except (EndpointError, KeyError):  # of a proxy, or no endpoint at all
        words = f"HTTP {response.status} {response.reason}"
        if response.status in (301, 302, 307, 308, 400, 404, 405):
            return EndpointError("other_protocol", words)
    wait = _seconds(response.headers.get("Retry-After"))
    return statuses.error(status, words, token_sent=token_sent, retry_after_s=wait)


def _seconds(retry_after: str | None) -> float | None:
    """Of the header's two forms, seconds and a date."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        at = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(at.timestamp() - time.time(), 0.0)
