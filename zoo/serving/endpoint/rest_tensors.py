"""A JSON value as an array of a tensor's type: whole lists at once.

A 64³ volume has 262,144 numbers, so nothing here looks at one number alone. Where a
list can't be converted, `rest_refusals.py` says why.
"""

import base64
import binascii
from dataclasses import dataclass
from itertools import chain

import numpy as np
from tensorflow.core.framework import types_pb2

from zoo.serving.endpoint.rest_parsing import WrittenConstant
from zoo.serving.endpoint.rest_quoting import quoted
from zoo.serving.endpoint.rest_status import invalid

MOST_DIMENSIONS = 32  # of an array, in every version of NumPy
_NUMBERS = frozenset({int, float, WrittenConstant})
_STRINGS = frozenset({str, dict})
_WHITE_SPACE = str.maketrans("", "", " \t\r\n")


@dataclass(frozen=True, kw_only=True)
class TensorType:
    """A type of tensor that JSON can say."""

    name: str  # TensorFlow's: float, int32, ...
    dtype: np.dtype  # strings are objects (bytes)
    leaves: frozenset[type]  # Python types of the elements


def _integers(name: str) -> TensorType:
    return TensorType(name=name, dtype=np.dtype(name), leaves=frozenset({int}))


_TYPES = {
    "float": TensorType(name="float", dtype=np.dtype(np.float32), leaves=_NUMBERS),
    "double": TensorType(name="double", dtype=np.dtype(np.float64), leaves=_NUMBERS),
    "bool": TensorType(name="bool", dtype=np.dtype(bool), leaves=frozenset({bool})),
    "string": TensorType(name="string", dtype=np.dtype(object), leaves=_STRINGS),
} | {
    name: _integers(name)
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint32", "uint64")
}


def type_of(enumerator: int) -> TensorType | str:
    """The type of a `DataType`; its bare name if JSON can't say it (half, ...)."""
    name = types_pb2.DataType.Name(enumerator).removeprefix("DT_").lower()
    return _TYPES.get(name, name)


def converted(value: object, tensor_type: TensorType) -> np.ndarray | None:
    """A number, string or nested list as an array of its shape.

    Returns:
        `None` if the lists aren't all of one shape or an element isn't of the type.

    Raises:
        StatusError: INVALID_ARGUMENT for a string that can't be decoded.
    """
    flat = _flattened(value)
    if flat is None:
        return None
    leaves, shape = flat
    if not tensor_type.leaves.issuperset(map(type, leaves)):
        return None
    if tensor_type.name == "string":
        return _strings(leaves).reshape(shape)
    array = _numbers(leaves, tensor_type)
    return None if array is None else array.reshape(shape)


def is_base64(value: object) -> bool:
    """Whether an object is a string's bytes: `{"b64": "..."}`."""
    return isinstance(value, dict) and len(value) == 1 and type(value.get("b64")) is str


def _flattened(value: object) -> tuple[list[object], tuple[int, ...]] | None:
    """The elements of nested lists, and their shape; none where the shape varies."""
    level, shape = [value], []
    while level and isinstance(level[0], list):
        if len(shape) == MOST_DIMENSIONS or {list} != set(map(type, level)):
            return None
        lengths = set(map(len, level))
        if len(lengths) > 1:
            return None
        shape.append(lengths.pop())
        level = list(chain.from_iterable(level))
    return level, tuple(shape)


def _numbers(leaves: list[object], tensor_type: TensorType) -> np.ndarray | None:
    """Numbers or truth values as a flat array; none if one of them doesn't fit."""
    try:
        if tensor_type.leaves is not _NUMBERS:  # NumPy itself refuses what overflows
            if tensor_type.name == "uint64" and min(leaves, default=0) < 0:
                return None
            exact = np.uint64 if tensor_type.name == "uint64" else np.int64
            whole = np.array(leaves, bool if tensor_type.name == "bool" else exact)
            array = whole.astype(tensor_type.dtype)
            return array if (array == whole).all() else None
        wide = np.array(leaves, np.float64)
    except OverflowError:
        return None
    with np.errstate(over="ignore"):
        array = wide.astype(tensor_type.dtype)
    if np.isinf(array).any() and not _infinite_by_request(leaves, wide, array):
        return None
    return array


def _infinite_by_request(
    leaves: list[object], wide: np.ndarray, array: np.ndarray
) -> bool:
    """Whether every infinity stands in the request, and none is an overflow."""
    infinite = np.flatnonzero(np.isinf(array))
    if np.isfinite(wide[infinite]).any():
        return False
    types = map(type, map(leaves.__getitem__, infinite.tolist()))
    return float not in set(types)  # but `WrittenConstant`


def _strings(leaves: list[object]) -> np.ndarray:
    """Text as UTF-8 and `{"b64": ...}` as its bytes, flat, `[n]` of objects."""
    array = np.empty(len(leaves), object)
    for place, leaf in enumerate(leaves):
        array[place] = string_bytes(leaf)
    return array


def string_bytes(leaf: object) -> bytes:
    """The bytes of one string element.

    Raises:
        StatusError: INVALID_ARGUMENT if it has none.
    """
    if isinstance(leaf, str):
        try:
            return leaf.encode("utf-8")
        except UnicodeEncodeError as error:
            raise invalid(
                "JSON Parse error: The surrogate pair in string is invalid."
            ) from error
    if not is_base64(leaf):
        raise invalid(
            f"JSON Value: {quoted(leaf)} not formatted correctly for base64 data"
        )
    return _base64_bytes(leaf["b64"])


def _base64_bytes(text: str) -> bytes:
    """What a base64 text stands for; white space in it and no padding are allowed."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        bare = text.translate(_WHITE_SPACE).rstrip("=")
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4), strict_mode=True)
    except ValueError as error:
        raise invalid("Unable to base64 decode") from error
