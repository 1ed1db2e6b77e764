"""Responses of the page: what a browser may do with them is said in every one."""

import json
from collections.abc import Mapping

from aiohttp import web

from zoo.serving.page.upload_error import UploadError

JSON = "application/json"
BINARY = "application/octet-stream"
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Server": "zoo",  # and nothing about versions
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
KEEP_NOTHING = "no-store"  # of what is about a study
ASK_AGAIN = (
    "no-cache"  # of the page's own files: kept, and asked for whether it changed
)


def response(
    status: int,
    body: bytes,
    *,
    content_type: str,
    cache: str = KEEP_NOTHING,
    further: Mapping[str, str] | None = None,
) -> web.Response:
    """An answer.

    Args:
        further: headers of this one.
    """
    return web.Response(
        status=status,
        body=body,
        content_type=content_type,
        charset=None if content_type == BINARY else "utf-8",
        headers={**_HEADERS, "Cache-Control": cache, **(further or {})},
    )


def of_json(status: int, content: object, **options: object) -> web.Response:
    """An answer of JSON."""
    body = json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return response(status, body, content_type=JSON, **options)


def of_error(error: UploadError) -> web.Response:
    """`{"error": {"code", "message"}, ...}` with what the page can go on with."""
    content = {"error": {"code": error.code, "message": error.message}, **error.facts}
    further = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return of_json(error.status, content, further=further)
