import pytest
from tensorflow.core.framework import types_pb2

from zoo.serving.endpoint.rest_refusals import first_fault, refusal, row_refusal
from zoo.serving.endpoint.rest_tensors import type_of

_FLOAT = type_of(types_pb2.DT_FLOAT)
_INT32 = type_of(types_pb2.DT_INT32)
_STRING = type_of(types_pb2.DT_STRING)


@pytest.mark.parametrize("place", range(7))
def test_the_first_fault_is_sought_by_halves(place):
    elements = [0] * place + [1] + [0, 1] * 3
    assert first_fault(elements, lambda part: 1 not in part) == place


@pytest.mark.parametrize(
    ("value", "tensor_type", "words"),
    [
        (["a"], _FLOAT, 'JSON Value: "a" Type: String is not of expected type: float'),
        ([1, True], _FLOAT, "JSON Value: true Type: True is not of expected"),
        ([{"b64": "YQ=="}], _FLOAT, "Type: Object is not of expected type: float"),
        ([1, [2]], _FLOAT, "Encountered list at unexpected level: 1 expected < 1"),
        ([[1], 2], _FLOAT, "JSON Value: 2 found at incorrect level: 2 in the JSON DOM"),
        ([[1, 2], [3]], _FLOAT, "list at unexpected size: 1 at level: 1 expected size"),
        ([1e39], _FLOAT, "Cannot convert JSON value: 1e+39 to float without loss"),
        ([float("inf")], _FLOAT, "Number too big to be stored in double."),
        ([10**400], _FLOAT, "Number too big to be stored in double."),
        ([2**31], _INT32, "JSON Value: 2147483648 Type: Number is not of expected"),
        ([1.5], _INT32, "JSON Value: 1.5 Type: Number is not of expected type: int32"),
        ([3], _STRING, "JSON Value: 3 Type: Number is not of expected type: string"),
        ([{"b64": 3}], _STRING, "not formatted correctly for base64 data"),
        ([{"b64": "*"}], _STRING, "Unable to base64 decode"),
    ],
)
def test_the_fault_of_a_value_is_named(value, tensor_type, words):
    assert words in refusal(value, tensor_type).message


def test_a_value_of_too_many_dimensions_is_refused():
    value = 1.0
    for _ in range(900):
        value = [value]
    assert "fewer than 32 dimensions" in refusal(value, _FLOAT).message


def test_a_row_has_the_size_of_the_first():
    error = row_refusal([1], _FLOAT, (2,))
    assert error.message == "Expecting tensor size: 2 but got: 1"


def test_a_row_has_the_shape_of_the_first():
    error = row_refusal([[1, 2]], _FLOAT, (2,))
    assert error.message == "Expecting shape [2] but got: [1,2]"


def test_a_row_that_joins_is_not_refused():
    assert row_refusal([1, 2], _FLOAT, (2,)) is None


def test_a_row_that_is_no_tensor_is_refused_for_that():
    assert "Type: String" in row_refusal(["a"], _FLOAT, (1,)).message
    assert "base64 decode" in row_refusal({"b64": "*"}, _STRING, ()).message
