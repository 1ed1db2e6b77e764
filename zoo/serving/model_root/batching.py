"""`batching.config`: how the server joins requests into batches.

TensorFlow Serving's `BatchingParameters` as text. Its Python packages don't bring that
message, so its fields are written down here
(`tensorflow_serving/servables/tensorflow/session_bundle_config.proto`).
"""

import functools
import os
from pathlib import Path

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)
from google.protobuf.message import Message

from pipelines.errors import DataError

FILE = "batching.config"
_INT64 = ".google.protobuf.Int64Value"
_TEXT = ".google.protobuf.StringValue"
_FIELDS = (
    ("max_batch_size", 1, _INT64),
    ("batch_timeout_micros", 2, _INT64),
    ("max_enqueued_batches", 3, _INT64),
    ("num_batch_threads", 4, _INT64),
    ("thread_pool_name", 5, _TEXT),
    ("allowed_batch_sizes", 6, "int64"),
    ("pad_variable_length_inputs", 7, "bool"),
)


def read(path: str | os.PathLike) -> Message:
    """The `BatchingParameters` of a file.

    Raises:
        DataError: it can't be read, or its sizes contradict each other.
    """
    path = Path(path)
    parameters = _kind()()
    try:
        text_format.Parse(path.read_text(encoding="utf-8"), parameters)
    except text_format.ParseError as error:
        raise DataError(
            f"{path} can't be read: line {error.GetLine()}, column "
            f"{error.GetColumn()}: {error}. Correct that line"
        ) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path} can't be read: {error}") from error
    sizes = [*parameters.allowed_batch_sizes]
    if sizes != sorted({*sizes}) or min(sizes, default=1) < 1:
        raise DataError(f"{path}: allowed_batch_sizes rise from 1. Received: {sizes}")
    if sizes and sizes[-1] != parameters.max_batch_size.value:
        raise DataError(
            f"{path}: the last of allowed_batch_sizes is max_batch_size. Received: "
            f"{sizes[-1]} and {parameters.max_batch_size.value}"
        )
    return parameters


def allowed_sizes(root: str | os.PathLike) -> tuple[int, ...]:
    """The sizes of batch that the server of a model root forms, rising.

    Those are what a version is warmed up for. 1 alone where there is no file, or no
    such sizes in it.

    Raises:
        DataError: as `read`.
    """
    path = Path(root) / FILE
    if not path.exists():
        return (1,)
    return tuple(read(path).allowed_batch_sizes) or (1,)


@functools.cache
def _kind() -> type[Message]:
    """The message's class, in a pool of its own."""
    file = descriptor_pb2.FileDescriptorProto(
        name="batching_parameters.proto",
        package="zoo.serving",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
        syntax="proto3",
    )
    message = file.message_type.add(name="BatchingParameters")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, number, kind in _FIELDS:
        field = message.field.add(name=name, number=number)
        field.label = kinds.LABEL_OPTIONAL
        if kind.startswith("."):
            field.type, field.type_name = kinds.TYPE_MESSAGE, kind
        elif kind == "bool":
            field.type = kinds.TYPE_BOOL
        else:
            field.type, field.label = kinds.TYPE_INT64, kinds.LABEL_REPEATED
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    found = pool.FindMessageTypeByName("zoo.serving.BatchingParameters")
    return message_factory.GetMessageClass(found)
