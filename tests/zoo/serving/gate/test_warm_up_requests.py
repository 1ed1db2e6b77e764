import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from pipelines.errors import DataError
from tests.zoo.serving.gate import models
from zoo.serving.gate import served_graph, warm_up_requests


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return models.doubled(tmp_path_factory.mktemp("model"))


def of(inputs, signature=""):
    log = prediction_log_pb2.PredictionLog()
    request = log.predict_log.request
    request.model_spec.signature_name = signature
    for name, values in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
    return log


def write(path, logs):
    file = path / warm_up_requests.FILE
    file.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(file)) as writer:
        for log in logs:
            writer.write(log.SerializeToString())


def refused(path, *logs):
    write(path, logs)
    graph, _ = served_graph.read(path)
    requests = warm_up_requests.read(path)
    return warm_up_requests.refusals(requests, graph.signatures)


def test_requests_that_fit(path):
    logs = [of({"rows": models.rows(n)}) for n in (1, 2)]
    assert refused(path, *logs) == []


def test_only_the_two_smallest_batches_are_run_here(path):
    write(path, [of({"rows": models.rows(n)}) for n in (8, 1, 4)])
    chosen = warm_up_requests.smallest(warm_up_requests.read(path))
    assert [one.signature for one in chosen] == ["serving_default"] * 2
    assert [len(one.inputs["rows"]) for one in chosen] == [1, 4]
    np.testing.assert_array_equal(chosen[1].inputs["rows"], models.rows(4))


def test_requests_of_other_kinds_are_passed_over(path):
    log = prediction_log_pb2.PredictionLog()
    log.regress_log.SetInParent()
    assert refused(path, log) == []


@pytest.mark.parametrize(
    ("log", "problem"),
    [
        (of({}, "absent"), "asks for a signature that there is not"),
        (of({"row": models.rows()}), "has the inputs row, not rows"),
        (of({"rows": np.ones((2, 4), np.float32)}), "has float32 (2, 4) as rows"),
        (
            of({"rows": np.ones((2, 3))}),
            "has float64 (2, 3) as rows, not float32 (None",
        ),
    ],
)
def test_requests_that_do_not_fit(path, log, problem):
    (refusal,) = refused(path, log, log)
    assert refusal.problem.startswith(f"a warm-up request {problem}")
    assert "The server would not load the version" in refusal.cure


def test_a_file_that_holds_none(path):
    (path / warm_up_requests.FILE).write_bytes(b"no requests at all")
    with pytest.raises(DataError, match="holds no warm-up requests"):
        warm_up_requests.read(path)


def test_no_file(tmp_path):
    assert warm_up_requests.read(tmp_path) == []
