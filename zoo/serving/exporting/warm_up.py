"""What TensorFlow Serving runs before a version answers: one request of each size.

Its volumes are all background, which a tensor states by one number: the file stays
small, and it holds nothing of any patient.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from pipelines.canonical.canonicalise import Canonical
from pipelines.records.encode import Sample, encode
from pipelines.tasks.task import Task

FILE = "tf_serving_warmup_requests"  # the name that the server looks for
BATCH_SIZES = (1, 2, 4, 8, 16, 32)


def write(
    assets: Path,
    *,
    name: str,
    signatures: dict[str, dict[str, tf.TensorSpec]],
    task: Task,
    batch_sizes: Sequence[int] = BATCH_SIZES,
) -> None:
    """Writes the requests into the folder `assets.extra` of a version.

    Args:
        name: of the model.
        signatures: the inputs of each signature by their names, B first.
        task: whose record each of the `examples` is.
        batch_sizes: those that the server's batching allows.
    """
    record = background_record(task)
    with tf.io.TFRecordWriter(str(assets / FILE)) as writer:
        for signature, inputs in signatures.items():
            for size in batch_sizes:
                request = predict_pb2.PredictRequest()
                request.model_spec.name = name
                request.model_spec.signature_name = signature
                for key, spec in inputs.items():
                    request.inputs[key].CopyFrom(
                        _tensor(spec, size, record if key == "examples" else b"")
                    )
                log = prediction_log_pb2.PredictionLog(
                    predict_log=prediction_log_pb2.PredictLog(request=request)
                )
                writer.write(log.SerializeToString())


def background_record(task: Task) -> bytes:
    """A record of the task without a patient, whose channels show nothing."""
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=Canonical(
            voxels=np.zeros(task.record_shape, np.int16),
            fill=(0.0,) * len(task.channels),
            present=(1,) * len(task.channels),
            affine=np.eye(4),
        ),
        covariates=(0.0,) * len(task.covariates),
    )
    example = tf.train.Example.FromString(encode(sample, task).record)
    (serialized,) = example.features.feature["volume"].bytes_list.value
    volume = tf.make_tensor_proto(tf.io.parse_tensor(serialized, tf.int16).numpy())
    volume.tensor_content = b""
    volume.int_val.append(0)  # as many as the shape says
    del example.features.feature["volume"].bytes_list.value[:]
    example.features.feature["volume"].bytes_list.value.append(
        volume.SerializeToString()
    )
    return example.SerializeToString(deterministic=True)


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
