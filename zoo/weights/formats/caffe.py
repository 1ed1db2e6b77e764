"""Reads Caffe's `.caffemodel` files, without Caffe.

The file is a protobuf message `NetParameter` (src/caffe/proto/caffe.proto). Only the
fields that lead to the weights are declared here; protobuf skips the others.
"""

from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

from pipelines.errors import DataError

_FIELD = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "mri_volume_zoo_caffe"
# Message -> fields: name, number, type, repeated; a name of a message is its type.
_MESSAGES = {
    "BlobShape": (("dim", 1, _FIELD.TYPE_INT64, True),),
    "BlobProto": (
        ("num", 1, _FIELD.TYPE_INT32, False),
        ("channels", 2, _FIELD.TYPE_INT32, False),
        ("height", 3, _FIELD.TYPE_INT32, False),
        ("width", 4, _FIELD.TYPE_INT32, False),
        ("data", 5, _FIELD.TYPE_FLOAT, True),
        ("shape", 7, "BlobShape", False),
    ),
    "LayerParameter": (
        ("name", 1, _FIELD.TYPE_STRING, False),
        ("blobs", 7, "BlobProto", True),
    ),
    "V1LayerParameter": (
        ("name", 4, _FIELD.TYPE_STRING, False),
        ("blobs", 6, "BlobProto", True),
    ),
    "NetParameter": (
        ("layers", 2, "V1LayerParameter", True),
        ("layer", 100, "LayerParameter", True),
    ),
}


def net_parameter() -> type[message.Message]:
    """The class of the message that a `.caffemodel` file is."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{_PACKAGE}.proto", package=_PACKAGE, syntax="proto2"
    )
    for message_name, fields in _MESSAGES.items():
        declared = file.message_type.add(name=message_name)
        for name, number, kind, repeated in fields:
            field = declared.field.add(
                name=name,
                number=number,
                label=_FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL,
            )
            if isinstance(kind, str):
                field.type = _FIELD.TYPE_MESSAGE
                field.type_name = f".{_PACKAGE}.{kind}"
            else:
                field.type = kind
            if repeated and kind in (_FIELD.TYPE_FLOAT, _FIELD.TYPE_INT64):
                field.options.packed = True
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName(f"{_PACKAGE}.NetParameter")
    return message_factory.GetMessageClass(descriptor)


def read(path: Path) -> dict[str, np.ndarray]:
    """The weights by `<layer>/kernel` and `<layer>/bias`, / in a layer's name as _.

    Convolutions come as `[height, width, in, out]`, dense layers as `[in, out]`; what
    a dense layer is given is flattened in Caffe's order: channels, height, width.

    Raises:
        DataError: no such file, or one with layers of other weights.
    """
    net = net_parameter()()
    try:
        net.ParseFromString(path.read_bytes())
    except message.DecodeError as error:
        raise DataError(f"{path} is no .caffemodel file: {error}") from error
    arrays = {}
    for layer in (*net.layers, *net.layer):
        name = layer.name.replace("/", "_")
        blobs = [_blob(blob, f"{path}: layer {layer.name}") for blob in layer.blobs]
        if len(blobs) > 2:
            raise DataError(
                f"{path}: layer {layer.name} has {len(blobs)} blobs. Expected a kernel "
                "and a bias"
            )
        for kind, blob in zip(("kernel", "bias"), blobs, strict=False):
            arrays[f"{name}/{kind}"] = _kernel(blob) if kind == "kernel" else blob
    if not arrays:
        raise DataError(f"{path} is no .caffemodel file: it holds no weights")
    return {
        name: array.reshape(-1) if name.endswith("/bias") else array
        for name, array in arrays.items()
    }


def _blob(blob: Any, where: str) -> np.ndarray:
    """Its values in their shape, stated in the new way or the old."""
    if blob.HasField("shape"):
        shape = tuple(blob.shape.dim)
    else:
        shape = (blob.num, blob.channels, blob.height, blob.width)
    values = np.array(blob.data, "float32")
    if values.size != np.prod(shape, dtype="int64"):
        raise DataError(
            f"{where}: {values.size} values for a shape of {shape}. The file is "
            "damaged; fetch it anew"
        )
    return values.reshape(shape)


def _kernel(blob: np.ndarray) -> np.ndarray:
    """`[out, in, height, width]` or `[out, in]`, as old files `[1, 1, out, in]`."""
    if blob.ndim == 4 and blob.shape[:2] != (1, 1):
        return blob.transpose(2, 3, 1, 0)
    return blob.reshape(blob.shape[-2:]).T
