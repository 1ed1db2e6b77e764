"""The requests that a version carries, run before it answers others."""

from pathlib import Path

import grpc
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from zoo.serving.endpoint import request_checks, tensor_proto
from zoo.serving.endpoint.saved_model_session import SavedModelSession
from zoo.serving.endpoint.status_error import StatusError

FILE = "assets.extra/tf_serving_warmup_requests"
_MOST = 1000  # the true server refuses more
_MOST_FILLED = 2**31  # elements: the file is the site's own, and says zeros shortly


def run(session: SavedModelSession, path: Path) -> None:
    """Runs the requests of a version's directory; without the file does nothing.

    Args:
        path: the version's directory.

    Raises:
        StatusError: one of them fails, or the file holds what is none.
    """
    file = path / FILE
    if not file.is_file():
        return
    try:
        records = tf.data.TFRecordDataset(str(file)).take(_MOST + 1)
        logs = [*map(_log, records.as_numpy_iterator())]
    except tf.errors.OpError as error:
        raise _wrong(f"{FILE} is no readable file of TFRecords") from error
    if len(logs) > _MOST:
        raise _wrong(f"{FILE} must hold at most {_MOST} requests")
    for log in logs:
        _predict(session, log)


def _log(record: bytes) -> prediction_log_pb2.PredictionLog:
    log = prediction_log_pb2.PredictionLog()
    try:
        log.MergeFromString(record)
    except Exception as error:  # protobuf's DecodeError has several homes
        raise _wrong(f"{FILE} must hold PredictionLogs") from error
    if not log.HasField("predict_log"):
        raise _wrong(f"{FILE} must hold requests to predict")
    return log


def _predict(session: SavedModelSession, log: prediction_log_pb2.PredictionLog) -> None:
    request = log.predict_log.request
    name = request.model_spec.signature_name or request_checks.DEFAULT_SIGNATURE
    signature = request_checks.signature(session.meta_graph, name)
    try:
        given = {
            alias: tensor_proto.to_array(proto, most_filled=_MOST_FILLED)
            for alias, proto in request.inputs.items()
        }
    except ValueError as error:
        raise _wrong(f"{FILE} has a request with a broken tensor: {error}") from error
    session.run(name, request_checks.inputs(signature, given))


def _wrong(message: str) -> StatusError:
    return StatusError(grpc.StatusCode.INVALID_ARGUMENT, message)
