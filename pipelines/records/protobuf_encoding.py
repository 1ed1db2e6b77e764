"""Protocol buffer bytes of a `tf.train.Example`, written without TensorFlow.

Ingest's workers start in a fraction of the time without it, and the bytes are the same
on every machine: features in the order of their names, lists packed. The format is
Protocol Buffers' wire encoding; messages and field numbers are those of TensorFlow's
`example.proto`, `feature.proto`, `tensor.proto` and `tensor_shape.proto`.
"""

import numpy as np

Feature = bytes | np.ndarray

_DT_INT16 = 5  # tensorflow/core/framework/types.proto


def example(features: dict[str, Feature]) -> bytes:
    """The bytes of a `tf.train.Example`.

    Args:
        features: bytes, or a one-dimensional float32 or int64 array, by name.
    """
    entries = b"".join(
        _field(1, _field(1, name.encode()) + _field(2, _feature(features[name])))
        for name in sorted(features)
    )
    return _field(1, entries)


def int16_tensor(array: np.ndarray) -> bytes:
    """What `tf.io.serialize_tensor` gives for an int16 array.

    Raises:
        ValueError: another dtype, or an array without elements.
    """
    if array.dtype != np.int16 or array.size == 0:
        raise ValueError(
            "an int16 array with elements is wanted. "
            f"Received: {array.dtype}, shape {array.shape}"
        )
    shape = b"".join(_field(2, b"\x08" + _varint(size)) for size in array.shape)
    content = np.ascontiguousarray(array, dtype="<i2").tobytes()
    return b"\x08" + _varint(_DT_INT16) + _field(2, shape) + _field(4, content)


def _feature(value: Feature) -> bytes:
    if isinstance(value, bytes):
        return _field(1, _field(1, value))
    if value.dtype == np.float32:
        packed = np.ascontiguousarray(value, dtype="<f4").tobytes()
        return _field(2, _field(1, packed) if packed else b"")
    if value.dtype == np.int64:
        packed = b"".join(_varint(int(number)) for number in value)
        return _field(3, _field(1, packed) if packed else b"")
    raise ValueError(
        f"a feature is bytes, float32 or int64. Received: {value.dtype} array"
    )


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.append(number)
    return bytes(digits)
