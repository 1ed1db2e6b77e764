"""Arrays from TensorProtos that anybody may have sent, and TensorProtos from arrays."""

import math
from typing import Any

import numpy as np
from tensorflow import as_dtype
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.types_pb2 import DataType

_MOST_DIMENSIONS = 32  # numpy's
# One value stands for all elements only in small tensors: else a few bytes could claim
# any amount of memory.
_MOST_FILLED = 2**16
_BITS = (DataType.DT_HALF, DataType.DT_BFLOAT16)  # their field holds them as integers
_FIELDS = {
    DataType.DT_FLOAT: "float_val",
    DataType.DT_DOUBLE: "double_val",
    DataType.DT_HALF: "half_val",
    DataType.DT_BFLOAT16: "half_val",
    DataType.DT_INT8: "int_val",
    DataType.DT_INT16: "int_val",
    DataType.DT_INT32: "int_val",
    DataType.DT_INT64: "int64_val",
    DataType.DT_UINT8: "int_val",
    DataType.DT_UINT16: "int_val",
    DataType.DT_UINT32: "uint32_val",
    DataType.DT_UINT64: "uint64_val",
    DataType.DT_BOOL: "bool_val",
    DataType.DT_STRING: "string_val",
}


def type_name(data_type: int) -> str:
    """TensorFlow's short name of a type, e.g. `"float"`, `"int64"`."""
    try:
        return DataType.Name(data_type).removeprefix("DT_").lower()
    except ValueError:
        return str(data_type)


def to_array(proto: TensorProto, *, most_filled: int = _MOST_FILLED) -> np.ndarray:
    """The array that a TensorProto holds; strings as objects (bytes).

    Values take as much memory as was sent for them. As in TensorFlow, fewer values than
    elements repeat the last (none: zeros), but in small tensors alone.

    Args:
        most_filled: elements of a tensor that may be written in fewer values.

    Raises:
        ValueError: an unknown type, a shape that is none, or values that don't fit it.
    """
    if proto.dtype not in _FIELDS:
        raise ValueError(f"a tensor of type {type_name(proto.dtype)} is not taken")
    shape = _shape(proto)
    count = math.prod(shape)
    if proto.tensor_content:
        values = _from_content(proto, count)
    else:
        values = _filled(_from_field(proto, count), count, most_filled)
    return values.reshape(shape)


def _shape(proto: TensorProto) -> tuple[int, ...]:
    rank = len(proto.tensor_shape.dim)
    if rank > _MOST_DIMENSIONS:
        raise ValueError(
            f"at most {_MOST_DIMENSIONS} dimensions are taken. Received: {rank}"
        )
    sizes = tuple(dim.size for dim in proto.tensor_shape.dim)
    if proto.tensor_shape.unknown_rank or min(sizes, default=0) < 0:
        raise ValueError(f"every dimension must be known. Received: {sizes}")
    if math.prod(size for size in sizes if size) > np.iinfo(np.int64).max:
        raise ValueError(f"a shape of too many elements. Received: {sizes}")
    return sizes


def _from_content(proto: TensorProto, count: int) -> np.ndarray:
    """A view of the bytes; a boolean is whatever byte isn't 0."""
    if proto.dtype == DataType.DT_STRING:
        raise ValueError("strings are taken as string_val, not as tensor_content")
    one = _numpy_type(proto.dtype)
    if len(proto.tensor_content) != count * one.itemsize:
        raise ValueError(
            f"tensor_content must have {count * one.itemsize} bytes. Received: "
            f"{len(proto.tensor_content)}"
        )
    if proto.dtype == DataType.DT_BOOL:
        return np.frombuffer(proto.tensor_content, np.uint8) != 0
    return np.frombuffer(proto.tensor_content, one)


def _from_field(proto: TensorProto, count: int) -> np.ndarray:
    values = getattr(proto, _FIELDS[proto.dtype])
    if len(values) > count:
        raise ValueError(f"{count} values are wanted. Received: {len(values)}")
    one = _numpy_type(proto.dtype)
    if proto.dtype in _BITS:
        return np.fromiter(values, np.int32).astype(np.uint16).view(one)
    if one.kind in "iu":
        wide = np.uint64 if one == np.uint64 else np.int64
        return np.fromiter(values, wide).astype(one)  # as C++ cuts them off
    return np.fromiter(values, one)


def _filled(values: np.ndarray, count: int, most: int) -> np.ndarray:
    if len(values) == count:
        return values
    if count > most:
        raise ValueError(f"{count} values are wanted. Received: {len(values)}")
    if not len(values):
        last = b"" if values.dtype == object else values.dtype.type(0)
        return np.full(count, last, values.dtype)
    return np.concatenate([values, np.full(count - len(values), values[-1])])


def _numpy_type(data_type: int) -> np.dtype:
    return np.dtype(as_dtype(data_type).as_numpy_dtype)


def from_array(array: np.ndarray) -> TensorProto:
    """As TensorFlow Serving writes outputs: values in the field of their type.

    Raises:
        ValueError: of a type that no output has here, e.g. complex numbers.
    """
    data_type = as_dtype(array.dtype).as_datatype_enum
    if data_type not in _FIELDS:
        raise ValueError(f"a tensor of type {array.dtype} is not sent")
    proto = TensorProto(dtype=data_type)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    getattr(proto, _FIELDS[data_type]).extend(_plain(array, data_type))
    return proto


def _plain(array: np.ndarray, data_type: int) -> list[Any]:
    if data_type in _BITS:
        array = array.view(np.uint16)
    return array.ravel().tolist()
