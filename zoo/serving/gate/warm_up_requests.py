"""The requests that a server runs before a version answers, from `assets.extra`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from pipelines.errors import DataError
from zoo.serving.gate.loading import Request
from zoo.serving.gate.refusal import Refusal
from zoo.serving.gate.signature_rules import DEFAULT

FILE = Path("assets.extra", "tf_serving_warmup_requests")
_CURE = "The server would not load the version: write them anew, or delete the file"
_SIZES = 2  # of a signature's batches, the smallest ones are run here


def read(directory: Path) -> list[predict_pb2.PredictRequest]:
    """All of a SavedModel's that are for predict; none where it has no file.

    Raises:
        DataError: a file that can't be read.
    """
    path = directory / FILE
    if not path.is_file():
        return []
    requests = []
    try:
        for line in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            log = prediction_log_pb2.PredictionLog.FromString(line)
            if log.WhichOneof("log_type") == "predict_log":
                requests.append(log.predict_log.request)
    except (tf.errors.OpError, DecodeError) as error:
        raise DataError(
            f"{path} holds no warm-up requests: {error}. {_CURE}"
        ) from error
    return requests


def refusals(
    requests: list[predict_pb2.PredictRequest], signatures: Mapping[str, SignatureDef]
) -> list[Refusal]:
    """What doesn't fit the signatures, each fault once."""
    faults = {}
    for request in requests:
        name = request.model_spec.signature_name or DEFAULT
        for problem in _wrong(request, signatures.get(name)):
            faults[name, problem] = Refusal(
                problem=f"a warm-up request {problem}", cure=_CURE, signatures=(name,)
            )
    return list(faults.values())


def smallest(requests: list[predict_pb2.PredictRequest]) -> list[Request]:
    """Of each signature the requests of its two smallest batches."""
    by_signature = {}
    for request in requests:
        name = request.model_spec.signature_name or DEFAULT
        by_signature.setdefault(name, []).append(request)
    chosen = []
    for name, its in by_signature.items():
        for request in sorted(its, key=_batch)[:_SIZES]:
            inputs = {key: tf.make_ndarray(x) for key, x in request.inputs.items()}
            chosen.append(Request(signature=name, inputs=inputs))
    return chosen


def _batch(request: predict_pb2.PredictRequest) -> int:
    sizes = [x.tensor_shape.dim for x in request.inputs.values()]
    return max((dims[0].size for dims in sizes if dims), default=0)


def _wrong(
    request: predict_pb2.PredictRequest, signature: SignatureDef | None
) -> Iterator[str]:
    if signature is None:
        yield "asks for a signature that there is not"
        return
    if set(request.inputs) != set(signature.inputs):
        given, wanted = sorted(request.inputs), sorted(signature.inputs)
        yield f"has the inputs {', '.join(given)}, not {', '.join(wanted)}"
        return
    for key, value in request.inputs.items():
        info = signature.inputs[key]
        shape = tf.TensorShape(value.tensor_shape)
        wanted = tf.TensorShape(info.tensor_shape)
        if value.dtype != info.dtype or not wanted.is_compatible_with(shape):
            given = f"{tf.as_dtype(value.dtype).name} {shape}"
            yield f"has {given} as {key}, not {tf.as_dtype(info.dtype).name} {wanted}"
