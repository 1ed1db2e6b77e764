"""The requests that a version brings along."""

import shutil

import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint import warm_up
from zoo.serving.endpoint.status_error import StatusError


def log(**inputs):
    made = prediction_log_pb2.PredictionLog()
    made.predict_log.request.CopyFrom(endpoints.request(**inputs))
    return made.SerializeToString()


@pytest.fixture
def load(tmp_path, versions):
    """Loads version 2 with these records as its requests."""
    path = tmp_path / "2"
    shutil.copytree(versions / "2", path)

    def loaded(*records):
        file = path / warm_up.FILE
        file.parent.mkdir()
        with tf.io.TFRecordWriter(str(file)) as writer:
            for record in records:
                writer.write(record)
        return endpoints.Served().loader().load("m", 2, path)

    return loaded


def test_requests_that_can_be_answered_let_the_version_load(load):
    slow = log(signature="slow", x=[1])
    assert load(log(x=[[1, 1]]), slow, log(signature="serving_default", x=[[2, 1]]))


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (log(x=[[1, 1, float("nan")]]), "not finite"),
        (log(z=[[1, 1]]), "alias: x"),
        (log(signature="gone", x=[1]), 'Serving signature key "gone" not found'),
        (b"\xff", "must hold PredictionLogs"),
        (b"", "must hold requests to predict"),
    ],
)
def test_a_request_that_fails_keeps_the_version_from_loading(record, message, load):
    with pytest.raises(StatusError, match=message):
        load(log(x=[[1, 1]]), record)


def test_a_tensor_that_is_none(load):
    broken = prediction_log_pb2.PredictionLog()
    broken.predict_log.request.inputs["x"].dtype = 1
    broken.predict_log.request.inputs["x"].tensor_shape.dim.add(size=-1)
    with pytest.raises(StatusError, match="a broken tensor"):
        load(broken.SerializeToString())


def test_more_requests_than_the_true_server_takes(load):
    with pytest.raises(StatusError, match="at most 1000 requests"):
        load(*[log(x=[[1, 1]])] * 1001)


def test_a_file_that_holds_no_records(tmp_path, versions):
    path = tmp_path / "2"
    shutil.copytree(versions / "2", path)
    (path / warm_up.FILE).parent.mkdir()
    (path / warm_up.FILE).write_bytes(b"no records at all")
    with pytest.raises(StatusError, match="no readable file of TFRecords"):
        endpoints.Served().loader().load("m", 2, path)
