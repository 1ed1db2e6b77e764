"""Files of a data set wherever they are: on disk, s3://, http(s)://, hdfs://, az://.

Those on disk and of a web server are read without TensorFlow, which takes seconds to
load; it reads all others.
"""

import contextlib
import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import DataError

_BLOCK_BYTES = 2**20
_PATIENCE_SECONDS = 60


def scheme(path: str) -> str:
    """`"s3"`, `"http"`, ... of a remote path, "" for one on disk."""
    return urlsplit(path).scheme.lower() if "://" in path else ""


def join(directory: str, name: str) -> str:
    """The path of a file in a directory that may be remote."""
    if scheme(directory):
        return f"{directory.rstrip('/')}/{name}"
    return str(Path(directory) / name)


def prepare(path: str) -> None:
    """Makes TensorFlow able to read `path`.

    Raises:
        DataError: as `tensorflow_files.prepare`.
    """
    if kind := scheme(path):
        from pipelines.storage import tensorflow_files

        tensorflow_files.prepare(kind)


def read_text(path: str) -> str:
    """A whole UTF-8 file; raises like `read_bytes`."""
    return read_bytes(path).decode("utf-8")


def read_bytes(path: str) -> bytes:
    """A whole file.

    Raises:
        FileNotFoundError: there is no such file.
        DataError: the server or the file system refuses it.
    """
    return b"".join(_blocks(path))


def sha256(path: str) -> str:
    """SHA-256 of a whole file, 64 hex digits; raises like `read_bytes`."""
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest()


def size_bytes(path: str) -> int | None:
    """Size of a file; none where a server does not tell. Raises like `read_bytes`."""
    if scheme(path) in ("http", "https"):
        with _answer(path, method="HEAD") as answer:
            length = answer.headers.get("Content-Length")
        return None if length is None else int(length)
    if not scheme(path):
        with _refusals_of_the_system(path):
            return os.stat(path).st_size
    from pipelines.storage import tensorflow_files

    prepare(path)
    return tensorflow_files.size_bytes(path)


def _blocks(path: str) -> Iterator[bytes]:
    """The file's content, piece by piece."""
    if scheme(path) in ("http", "https"):
        with _answer(path, method="GET") as answer:
            while block := answer.read(_BLOCK_BYTES):
                yield block
        return
    if not scheme(path):
        with _refusals_of_the_system(path), open(path, "rb") as opened:
            while block := opened.read(_BLOCK_BYTES):
                yield block
        return
    from pipelines.storage import tensorflow_files

    prepare(path)
    yield from tensorflow_files.blocks(path, _BLOCK_BYTES)


@contextlib.contextmanager
def _refusals_of_the_system(path: str) -> Iterator[None]:
    """Has a file on disk that can't be read end with a DataError, as others do."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from error


def _answer(url: str, *, method: str) -> HTTPResponse:
    request = urllib.request.Request(url, method=method)
    try:
        return urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS)
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            raise FileNotFoundError(url) from error
        raise DataError(f"{url}: the server answers {error.code}") from error
    except (urllib.error.URLError, TimeoutError) as error:
        raise DataError(f"{url}: no answer ({error})") from error
