import math

import numpy as np
import pytest
from tensorflow.core.framework import types_pb2

from zoo.serving.endpoint.rest_parsing import WrittenConstant
from zoo.serving.endpoint.rest_tensors import (
    converted,
    is_base64,
    string_bytes,
    type_of,
)
from zoo.serving.endpoint.status_error import StatusError

_FLOAT = type_of(types_pb2.DT_FLOAT)
_STRING = type_of(types_pb2.DT_STRING)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (1, ()),
        ([], (0,)),
        ([[]], (1, 0)),
        ([[1, 2.5, 3]], (1, 3)),
        ([[[1]]], (1, 1, 1)),
    ],
)
def test_nested_lists_give_the_shape(value, shape):
    array = converted(value, _FLOAT)
    assert array.shape == shape
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, np.array(value, np.float32))


@pytest.mark.parametrize(
    "value",
    [
        [1, [2]],
        [[1], 2],
        [[1, 2], [1]],
        [True],
        ["1"],
        [None],
        [{"b64": ""}],
        [3.5e38],
        [10**400],
        [math.inf],
    ],
)
def test_what_is_no_float_tensor_is_not_converted(value):
    assert converted(value, _FLOAT) is None


def test_a_value_of_too_many_dimensions_is_not_converted():
    value = 1.0
    for _ in range(33):
        value = [value]
    assert converted(value, _FLOAT) is None


def test_written_constants_are_numbers():
    value = [WrittenConstant("nan"), WrittenConstant("inf"), 1]
    np.testing.assert_array_equal(
        converted(value, _FLOAT), np.array([np.nan, np.inf, 1], np.float32)
    )


def test_an_overflow_beside_a_written_infinity_is_not_converted():
    assert converted([WrittenConstant("inf"), 1e39], _FLOAT) is None
    assert converted([WrittenConstant("inf"), math.inf], _FLOAT) is None


@pytest.mark.parametrize(
    ("name", "smallest", "largest"),
    [
        ("int8", -(2**7), 2**7 - 1),
        ("uint8", 0, 2**8 - 1),
        ("int16", -(2**15), 2**15 - 1),
        ("int32", -(2**31), 2**31 - 1),
        ("uint32", 0, 2**32 - 1),
        ("int64", -(2**63), 2**63 - 1),
        ("uint64", 0, 2**64 - 1),
    ],
)
def test_integers_keep_every_bit_and_none_wraps(name, smallest, largest):
    tensor_type = type_of(types_pb2.DataType.Value(f"DT_{name.upper()}"))
    array = converted([smallest, largest], tensor_type)
    assert array.dtype == np.dtype(name)
    assert array.tolist() == [smallest, largest]
    assert converted([smallest - 1], tensor_type) is None
    assert converted([largest + 1], tensor_type) is None
    assert converted([1.0], tensor_type) is None


def test_truth_values_are_no_numbers():
    tensor_type = type_of(types_pb2.DT_BOOL)
    assert converted([True, False], tensor_type).tolist() == [True, False]
    assert converted([1], tensor_type) is None


def test_strings_are_bytes():
    array = converted([["\u00e4"], [{"b64": "AP8="}]], _STRING)
    assert array.shape == (2, 1)
    assert array.ravel().tolist() == ["\u00e4".encode(), b"\x00\xff"]


@pytest.mark.parametrize("text", ["YQ==", "YQ", "Y Q\n=="])
def test_base64_needs_no_padding_and_may_hold_white_space(text):
    assert string_bytes({"b64": text}) == b"a"


@pytest.mark.parametrize("text", ["Y", "Y*==", "\u00e4", "YQ==YQ=="])
def test_broken_base64_is_refused(text):
    with pytest.raises(StatusError, match="Unable to base64 decode"):
        string_bytes({"b64": text})


@pytest.mark.parametrize("leaf", [{"b64": 1}, {}, {"b64": "", "c": 1}])
def test_another_object_is_no_base64(leaf):
    assert not is_base64(leaf)
    with pytest.raises(StatusError, match="not formatted correctly for base64 data"):
        string_bytes(leaf)


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(StatusError, match="surrogate pair in string is invalid"):
        string_bytes("\ud800")


def test_a_type_without_a_form_in_json_is_named():
    assert type_of(types_pb2.DT_HALF) == "half"
