"""Fetches a file over HTTP, going on where an earlier attempt was cut off."""

import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path

from tqdm import tqdm

from pipelines.errors import DataError

_BLOCK_BYTES = 2**20
_PATIENCE_SECONDS = 60
_ATTEMPTS = 4
_FIRST_WAIT_SECONDS = 1.0
_PASSING = frozenset({408, 429, 500, 502, 503, 504})  # worth another attempt
_AGENT = {"User-Agent": "mri-volume-zoo"}


class CutOffError(OSError):
    """The connection ended before the whole file had come."""


def fetch(url: str, part: Path) -> None:
    """Brings the file at `url` to `part`, whose beginning may be there already.

    A beginning is kept only together with the mark (ETag or date) by which its server
    told that version of the file, in `<part>.mark`; a server that has another version,
    or can't go on in the middle, begins anew. A passing fault is tried again, each time
    after twice the wait.

    Raises:
        DataError: the server refuses, or can't be reached in four attempts.
    """
    wait_seconds = _FIRST_WAIT_SECONDS
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _go_on(url, part)
            return
        except urllib.error.HTTPError as error:
            fault = f"the server answers {error.code}"
            final = error.code not in _PASSING
        except (OSError, http.client.HTTPException) as error:
            fault, final = f"{error}", False
        if final or attempt == _ATTEMPTS:
            raise DataError(f"{url} can't be fetched: {fault}")
        time.sleep(wait_seconds)
        wait_seconds *= 2


def read_text(url: str) -> str:
    """A small UTF-8 file.

    Raises:
        DataError: it can't be fetched.
    """
    try:
        with _answer(url, {}) as answer:
            return answer.read(_BLOCK_BYTES).decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise DataError(f"{url} can't be fetched: {error}") from error


def discard(part: Path) -> None:
    """Removes a beginning and its mark."""
    part.unlink(missing_ok=True)
    _mark(part).unlink(missing_ok=True)


def _go_on(url: str, part: Path) -> None:
    mark = _mark(part)
    begun_bytes = part.stat().st_size if part.is_file() and mark.is_file() else 0
    asked = {}
    if begun_bytes:
        version = mark.read_text(encoding="utf-8")
        asked = {"Range": f"bytes={begun_bytes}-", "If-Range": version}
    try:
        with _answer(url, asked) as answer:
            if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
                begun_bytes = 0
                _remember(answer, mark)
            _copy(answer, part, begun_bytes)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        discard(part)  # nothing is left to send, or it is another file: from the start
        raise CutOffError("the server has no more of it") from error


def _answer(url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    request = urllib.request.Request(url, headers=_AGENT | headers)
    return urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS)


def _copy(answer: http.client.HTTPResponse, part: Path, begun_bytes: int) -> None:
    length = answer.headers.get("Content-Length")
    expected_bytes = None if length is None else begun_bytes + int(length)
    with (
        open(part, "ab" if begun_bytes else "wb") as written,
        tqdm(
            total=expected_bytes,
            initial=begun_bytes,
            desc=part.name.removesuffix(".part"),
            unit="B",
            unit_scale=True,
            disable=None,
        ) as progress,
    ):
        while block := answer.read(_BLOCK_BYTES):
            written.write(block)
            progress.update(len(block))
    got_bytes = part.stat().st_size
    if expected_bytes is not None and got_bytes < expected_bytes:
        raise CutOffError(f"{got_bytes} of {expected_bytes} bytes came")


def _remember(answer: http.client.HTTPResponse, mark: Path) -> None:
    """Keeps what tells this version of the file; without it nothing can go on."""
    tag = answer.headers.get("ETag", "")
    version = answer.headers.get("Last-Modified", "")
    if tag and not tag.startswith("W/"):  # a weak tag can't stand in If-Range
        version = tag
    if version:
        mark.write_text(version, encoding="utf-8")
    else:
        mark.unlink(missing_ok=True)


def _mark(part: Path) -> Path:
    return part.with_name(part.name + ".mark")
