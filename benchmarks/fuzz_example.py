"""`tf.train.Example` by Python's protobuf, with names of features as bytes.

Python refuses names that are no UTF-8 and TensorFlow does not. On the wire a map is a
list of entries and a string its bytes, so this is the same message.
"""

import tensorflow as tf
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FIELD = descriptor_pb2.FieldDescriptorProto
_FEATURE = tf.train.Feature.DESCRIPTOR


def _message_class() -> type:
    file = descriptor_pb2.FileDescriptorProto(
        name="fuzz_example.proto",
        package="fuzz",
        syntax="proto3",
        dependency=[_FEATURE.file.name],
    )
    for name, fields in {
        "Entry": (("key", "", ""), ("value", _FEATURE.full_name, "")),
        "Features": (("feature", "fuzz.Entry", "many"),),
        "Example": (("features", "fuzz.Features", ""),),
    }.items():
        message = file.message_type.add(name=name)
        for number, (field, kind, many) in enumerate(fields, 1):
            message.field.add(
                name=field,
                number=number,
                type=_FIELD.TYPE_MESSAGE if kind else _FIELD.TYPE_BYTES,
                type_name=f".{kind}" if kind else None,
                label=_FIELD.LABEL_REPEATED if many else _FIELD.LABEL_OPTIONAL,
            )
    pool = descriptor_pool.Default()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("fuzz.Example"))


_EXAMPLE = _message_class()


def features(record: bytes) -> dict[str, tf.train.Feature]:
    """The features by name; of two of one name the last. Raises a DecodeError."""
    return {
        entry.key.decode("latin-1"): entry.value
        for entry in _EXAMPLE.FromString(record).features.feature
    }
