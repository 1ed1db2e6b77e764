"""What TensorFlow Serving runs before a version answers: one request of each size.

Its volumes are all background, which a tensor states by one number: the file stays
small, and it holds nothing of any patient.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from pipelines.tasks.task import Task
from zoo.serving.background_record import background_record

FILE = "tf_serving_warmup_requests"  # the name that the server looks for
BATCH_SIZES = (1, 2, 4, 8, 16, 32)


def write(
    assets: Path,
    *,
    name: str,
    signatures: dict[str, dict[str, tf.TensorSpec]],
    tasks: Mapping[str, Task],
    batch_sizes: Sequence[int] = BATCH_SIZES,
) -> None:
    """Writes the requests into the folder `assets.extra` of a version.

    Args:
        name: of the model.
        signatures: the inputs of each signature by their names, B first.
        tasks: whose record each of an input's strings is, by the input's name.
        batch_sizes: those that the server's batching allows.
    """
    records = {key: background_record(task) for key, task in tasks.items()}
    with tf.io.TFRecordWriter(str(assets / FILE)) as writer:
        for signature, inputs in signatures.items():
            for size in batch_sizes:
                request = predict_pb2.PredictRequest()
                request.model_spec.name = name
                request.model_spec.signature_name = signature
                for key, spec in inputs.items():
                    request.inputs[key].CopyFrom(
                        _tensor(spec, size, records.get(key, b""))
                    )
                log = prediction_log_pb2.PredictionLog(
                    predict_log=prediction_log_pb2.PredictLog(request=request)
                )
                writer.write(log.SerializeToString())


def _tensor(spec: tf.TensorSpec, size: int, text: bytes) -> tensor_pb2.TensorProto:
    """Equal values; of numbers one is written, which stands for all that follow."""
    proto = tensor_pb2.TensorProto(
        dtype=spec.dtype.as_datatype_enum,
        tensor_shape=tf.TensorShape([size, *spec.shape[1:]]).as_proto(),
    )
    if spec.dtype == tf.string:
        proto.string_val.extend([text] * size)
    elif spec.dtype == tf.int64:  # of each channel, that it is there
        proto.int64_val.append(1)
    else:
        proto.float_val.append(0)
    return proto
