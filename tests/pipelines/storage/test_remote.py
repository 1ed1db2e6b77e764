import functools
import http.server
import importlib.util
import sys
import threading

import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches.dataset import eval_batches, train_batches
from pipelines.batches.settings import BatchSettings
from pipelines.errors import DataError
from pipelines.records.directory import open_dataset
from pipelines.records.verification import verify
from pipelines.storage import remote
from tests.pipelines.records.small import data_set, task

needs_tensorflow_io = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow_io") is None,
    reason="tensorflow-io is not installed (extra 'io', TensorFlow 2.16)",
)


class RangeHandler(http.server.SimpleHTTPRequestHandler):
    """Files with `Range: bytes=first-last`, which the standard handler ignores."""

    def do_GET(self):
        if self.path.startswith("/broken"):
            self.send_error(500)
            return
        wanted = self.headers.get("Range")
        if wanted is None:
            super().do_GET()
            return
        with open(self.translate_path(self.path), "rb") as opened:
            content = opened.read()
        first, last = wanted.removeprefix("bytes=").split("-")
        part = content[int(first) : int(last or len(content)) + 1]
        self.send_response(206 if part else 416)
        self.send_header("Content-Length", str(len(part)))
        stop = int(first) + len(part) - 1
        self.send_header("Content-Range", f"bytes {first}-{stop}/{len(content)}")
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, *_):
        pass


@pytest.fixture
def url(tmp_path):
    handler = functools.partial(RangeHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "path, expected",
    [
        ("/data/set", ""),
        ("relative", ""),
        ("C:\\data", ""),
        ("s3://bucket/set", "s3"),
        ("HTTPS://host/set", "https"),
    ],
)
def test_scheme(path, expected):
    assert remote.scheme(path) == expected


def test_join():
    assert remote.join("s3://bucket/set/", "a.csv") == "s3://bucket/set/a.csv"
    assert remote.join("some/set", "a.csv").replace("\\", "/") == "some/set/a.csv"


def test_files_on_disk(tmp_path):
    (tmp_path / "a").write_text("gr\u00fcn", encoding="utf-8")
    path = str(tmp_path / "a")
    assert (remote.read_text(path), remote.size_bytes(path)) == ("gr\u00fcn", 5)
    for read in (remote.read_text, remote.size_bytes, remote.sha256):
        with pytest.raises(FileNotFoundError):
            read(str(tmp_path / "b"))


def test_files_over_http(tmp_path, url):
    (tmp_path / "a").write_text("content", encoding="utf-8")
    assert remote.read_text(f"{url}/a") == "content"
    assert remote.size_bytes(f"{url}/a") == 7
    assert remote.sha256(f"{url}/a") == remote.sha256(str(tmp_path / "a"))
    for read in (remote.read_text, remote.size_bytes):
        with pytest.raises(FileNotFoundError):
            read(f"{url}/b")
    with pytest.raises(DataError, match="the server answers 500"):
        remote.read_text(f"{url}/broken")


def test_no_server_is_an_error():
    with pytest.raises(DataError, match="no answer"):
        remote.read_text("http://127.0.0.1:9/a")


def test_a_directory_is_no_file(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        remote.read_text(str(tmp_path))


def test_without_tensorflow_io_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_io", None)
    monkeypatch.setattr(tf.io.gfile, "get_registered_schemes", lambda: ["file"])
    with pytest.raises(DataError, match=r"s3:// takes tensorflow-io.*zoo\[io\]"):
        remote.prepare("s3://bucket/set")
    remote.prepare("/on/disk")


@pytest.mark.skipif(
    importlib.util.find_spec("tensorflow_io") is not None,
    reason="tensorflow-io is installed",
)
def test_a_remote_data_set_without_tensorflow_io(tmp_path, url):
    data_set(tmp_path, task())
    data = open_dataset(url)
    with pytest.raises(DataError, match="http:// takes tensorflow-io"):
        settings = BatchSettings(normalisation="none", batch_size=1)
        eval_batches(data, settings, split="test")


def test_a_scheme_that_nobody_reads(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_io", sys)
    with pytest.raises(DataError, match="can't read gopher://"):
        remote.prepare("gopher://host/set")


@needs_tensorflow_io
def test_a_data_set_over_http_is_the_one_on_disk(tmp_path, url):
    written = data_set(tmp_path, task())
    data = open_dataset(url)
    assert data.digest == written.digest
    settings = BatchSettings(normalisation="zscore", batch_size=3)
    over_http = eval_batches(data, settings, split="train").as_numpy_iterator()
    on_disk = eval_batches(written, settings, split="train").as_numpy_iterator()
    for one, two in zip(over_http, on_disk, strict=True):
        np.testing.assert_array_equal(one["volume"], two["volume"])
    whole = BatchSettings(normalisation="none", batch_size=7)
    batches = train_batches(data, whole, seed=0)
    assert len({*next(batches.as_numpy_iterator())["sample_id"]}) == 7
    assert verify(data) == []


def test_a_data_set_over_http_that_lacks_a_shard(tmp_path, url):
    shard = data_set(tmp_path, task()).shards[0]
    (tmp_path / shard.name).unlink()
    with pytest.raises(DataError, match=f"lacks the shard {shard.name}"):
        open_dataset(url)
