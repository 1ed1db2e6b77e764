"""Tensors that anybody may have sent."""

import time

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from zoo.serving.endpoint import tensor_proto

NUMBERS = (
    *("float16", "bfloat16", "float32", "float64", "bool"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
)


def proto(dtype, shape, content=b"", **values):
    made = TensorProto(dtype=dtype, tensor_content=content, **values)
    for size in shape:
        made.tensor_shape.dim.add(size=size)
    return made


@pytest.mark.parametrize("name", NUMBERS)
def test_every_type_comes_back(name):
    kind = tf.as_dtype(name).as_numpy_dtype
    array = np.array([[0, 1, 2], [3, 4, 100]]).astype(kind)
    sent = tensor_proto.from_array(array)
    assert not sent.tensor_content
    np.testing.assert_array_equal(tf.make_ndarray(sent), array)
    for received in (
        tensor_proto.to_array(sent),
        tensor_proto.to_array(tf.make_tensor_proto(array)),  # as bytes
    ):
        assert received.dtype == kind
        np.testing.assert_array_equal(received, array)


def test_strings_come_back():
    array = np.array([[b"a", b"\xff\x00"]], object)
    received = tensor_proto.to_array(tensor_proto.from_array(array))
    assert received.dtype == object
    assert received.tolist() == array.tolist()


def test_no_copy_is_made_of_bytes():
    content = bytes(2**20)
    array = tensor_proto.to_array(proto(1, (2**18,), content))
    assert array.base is not None


def test_negative_numbers_and_booleans():
    assert tensor_proto.to_array(proto(6, (1,), int_val=[-3])).tolist() == [-3]
    assert tensor_proto.to_array(proto(4, (1,), int_val=[259])).tolist() == [3]
    assert tensor_proto.to_array(proto(10, (2,), b"\x00\x07")).tolist() == [False, True]


def test_the_last_value_is_repeated_as_in_tensorflow():
    assert tensor_proto.to_array(proto(1, (3,), float_val=[1, 2])).tolist() == [1, 2, 2]
    assert tensor_proto.to_array(proto(3, (2,))).tolist() == [0, 0]
    assert tensor_proto.to_array(proto(7, (2,))).tolist() == [b"", b""]
    assert tensor_proto.to_array(proto(14, (2,))).tolist() == [0, 0]  # bfloat16
    assert tensor_proto.to_array(proto(1, (0,))).shape == (0,)


HUGE = 2**40


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (proto(1, (-1,), float_val=[1]), "every dimension must be known"),
        (proto(1, (2, -3), float_val=[1]), "every dimension must be known"),
        (proto(1, (HUGE,), float_val=[1]), "values are wanted. Received: 1"),
        (proto(1, (HUGE,)), "values are wanted. Received: 0"),
        (proto(7, (HUGE,), string_val=[b"a"]), "values are wanted. Received: 1"),
        (proto(1, (HUGE,), b"\x00" * 4), "tensor_content must have 4398046511104"),
        (proto(1, (HUGE, HUGE, HUGE)), "too many elements"),
        (proto(1, (0, HUGE, HUGE)), "too many elements"),
        (proto(1, (1,) * 33), "at most 32 dimensions"),
        (proto(1, (2,), b"\x00" * 7), "tensor_content must have 8 bytes. Received: 7"),
        (proto(7, (1,), b"\x01a"), "strings are taken as string_val"),
        (proto(1, (2,), float_val=[1, 2, 3]), "2 values are wanted. Received: 3"),
        (proto(0, (1,)), "type invalid"),
        (proto(8, (1,)), "type complex64"),
        (proto(20, (1,)), "type resource"),
        (proto(999, (1,)), "type 999"),
    ],
)
def test_what_is_no_tensor_is_refused_at_once(sent, message):
    started = time.process_time()
    with pytest.raises(ValueError, match=message):
        tensor_proto.to_array(sent)
    assert time.process_time() - started < 1.0


def test_an_unknown_rank_is_refused():
    sent = proto(1, ())
    sent.tensor_shape.unknown_rank = True
    with pytest.raises(ValueError, match="every dimension must be known"):
        tensor_proto.to_array(sent)


def test_an_output_that_no_client_could_read():
    with pytest.raises(ValueError, match="complex128 is not sent"):
        tensor_proto.from_array(np.array([1j]))
