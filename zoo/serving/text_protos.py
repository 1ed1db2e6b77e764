"""TensorFlow Serving's configuration messages that its Python package leaves out."""

from pathlib import Path

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message,
    message_factory,
    text_format,
    wrappers_pb2,
)

from pipelines.errors import DataError

_Field = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "tensorflow.serving"
_INTEGER = ".google.protobuf.Int64Value"
_TEXT = ".google.protobuf.StringValue"
# As in tensorflow_serving/servables/tensorflow/session_bundle_config.proto and
# tensorflow_serving/config/monitoring_config.proto: numbers don't matter in text.
_MESSAGES = {
    "BatchingParameters": {
        "max_batch_size": _INTEGER,
        "batch_timeout_micros": _INTEGER,
        "max_enqueued_batches": _INTEGER,
        "num_batch_threads": _INTEGER,
        "thread_pool_name": _TEXT,
        "allowed_batch_sizes": _Field.TYPE_INT64,
        "pad_variable_length_inputs": _Field.TYPE_BOOL,
    },
    "PrometheusConfig": {"enable": _Field.TYPE_BOOL, "path": _Field.TYPE_STRING},
    "MonitoringConfig": {"prometheus_config": f".{_PACKAGE}.PrometheusConfig"},
}
_REPEATED = ("allowed_batch_sizes",)


def read(path: Path, name: str) -> message.Message:
    """A file of text proto.

    Args:
        name: of the message: `"BatchingParameters"` or `"MonitoringConfig"`.

    Raises:
        DataError: it can't be read as one.
    """
    descriptor = _pool().FindMessageTypeByName(f"{_PACKAGE}.{name}")
    parsed = message_factory.GetMessageClass(descriptor)()
    try:
        return text_format.Parse(path.read_bytes(), parsed)
    except (OSError, text_format.ParseError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no readable {name}: {error}") from error


def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(
        name="zoo/serving/text_protos.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    for name, fields in _MESSAGES.items():
        added = file.message_type.add(name=name)
        for number, (field, kind) in enumerate(fields.items(), 1):
            added.field.add(**_field(field, kind), number=number)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool


def _field(name: str, kind: str | int) -> dict[str, str | int]:
    repeated = _Field.LABEL_REPEATED if name in _REPEATED else _Field.LABEL_OPTIONAL
    typed = (
        {"type": _Field.TYPE_MESSAGE, "type_name": kind}
        if isinstance(kind, str)
        else {"type": kind}
    )
    return {"name": name, "label": repeated, **typed}
