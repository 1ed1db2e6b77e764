"""A worker that reads the data set from a bucket, and a chief that has it on disk."""

import functools
import http.server
import os
import subprocess
import sys
import threading

import pytest

from tests.pipelines.storage.test_remote import RangeHandler, needs_tensorflow_io
from tests.tuning.cluster import chiefs
from tests.tuning.sweeps import searches
from tests.zoo.training import trained
from tests.zoo.training.test_fold_process import ROOT
from tuning.trials import results

_NOTHING = b"<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>"


class BucketHandler(RangeHandler):
    """What tensorflow-io asks of S3 when it reads: folders of a folder are buckets."""

    def do_GET(self):  # noqa: N802
        self.server.asked.append(self.path)
        if "list-type=" in self.path:  # whether a file is a folder
            self.send_response(200)
            self.send_header("Content-Length", str(len(_NOTHING)))
            self.end_headers()
            self.wfile.write(_NOTHING)
            return
        super().do_GET()


@pytest.fixture
def bucket(tmp_path):
    """Server of the folder `buckets`."""
    handler = functools.partial(BucketHandler, directory=str(tmp_path / "buckets"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@needs_tensorflow_io
@pytest.mark.slow
def test_a_worker_reads_from_a_bucket(tmp_path, bucket):
    counts = {("train", ""): 8, ("validation", ""): 8, ("test", ""): 4}
    (tmp_path / "buckets" / "mri").mkdir(parents=True)
    data = trained.data_set(tmp_path / "buckets" / "mri" / "set", counts=counts)
    led = chiefs.led(tmp_path / "o", searches.search(tmp_path, data, max_trials=1))
    environment = {
        "PYTHONPATH": str(ROOT),
        "S3_ENDPOINT": f"http://127.0.0.1:{bucket.server_port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
    }
    given = ("--worker", led.target, "--data", "s3://mri/set", "--out", led.sweep.path)
    worker = subprocess.run(
        [sys.executable, "-m", "tuning.search", *map(str, given)],
        env=os.environ | environment,
        cwd=tmp_path,
        capture_output=True,
        timeout=300,
        encoding="utf-8",
    )
    assert worker.returncode == 0, worker.stderr
    led.end()
    (trial,) = results.trials(led.sweep)
    assert (trial.state, trial.reason) == ("completed", "")
    read = {path.rpartition("/")[2] for path in bucket.asked}
    assert all((shard.name in read) == (shard.group != "test") for shard in data.shards)
