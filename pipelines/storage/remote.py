"""Files of a data set wherever they are: on disk, s3://, http(s)://, hdfs://, az://.

The one place that loads tensorflow-io, and only when a path needs it.
"""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import tensorflow as tf

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
    """Makes TensorFlow able to read `path`: loads tensorflow-io if that takes it.

    Raises:
        DataError: tensorflow-io is not installed, does not fit this TensorFlow, or
            does not know the scheme.
    """
    kind = scheme(path)
    if not kind or kind in tf.io.gfile.get_registered_schemes():
        return
    try:
        import tensorflow_io  # noqa: F401
    except ImportError as error:
        raise DataError(
            f"reading {kind}:// takes tensorflow-io, which is not installed. Install "
            "the extra 'io' (pip install 'mri-volume-zoo[io]', which brings "
            "TensorFlow 2.16), or copy the data set to a disk"
        ) from error
    if kind not in tf.io.gfile.get_registered_schemes():
        raise DataError(
            f"tensorflow-io with TensorFlow {tf.__version__} can't read {kind}://. It "
            "reads s3, http, https, hdfs and az, with TensorFlow 2.16"
        )


def read_text(path: str) -> str:
    """A whole UTF-8 file.

    Raises:
        FileNotFoundError: there is no such file.
        DataError: the server or the file system refuses it.
    """
    return b"".join(_blocks(path)).decode("utf-8")


def sha256(path: str) -> str:
    """SHA-256 of a whole file, 64 hex digits; raises like `read_text`."""
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest()


def size_bytes(path: str) -> int | None:
    """Size of a file; none where a server does not tell. Raises like `read_text`."""
    if scheme(path) in ("http", "https"):
        with _answer(path, method="HEAD") as answer:
            length = answer.headers.get("Content-Length")
        return None if length is None else int(length)
    prepare(path)
    try:
        return tf.io.gfile.stat(path).length
    except tf.errors.NotFoundError as error:
        raise FileNotFoundError(path) from error
    except tf.errors.OpError as error:
        raise DataError(f"{path} can't be read: {error.message}") from error


def _blocks(path: str) -> Iterator[bytes]:
    """The file's content, piece by piece."""
    if scheme(path) in ("http", "https"):
        with _answer(path, method="GET") as answer:
            while block := answer.read(_BLOCK_BYTES):
                yield block
        return
    prepare(path)
    try:
        with tf.io.gfile.GFile(path, "rb") as opened:
            while block := opened.read(_BLOCK_BYTES):
                yield block
    except tf.errors.NotFoundError as error:
        raise FileNotFoundError(path) from error
    except tf.errors.OpError as error:
        raise DataError(f"{path} can't be read: {error.message}") from error


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
