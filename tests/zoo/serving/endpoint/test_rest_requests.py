import numpy as np
import pytest
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf.meta_graph_pb2 import TensorInfo

from zoo.serving.endpoint.rest_requests import inputs, signature_name
from zoo.serving.endpoint.status_error import StatusError

_ONE = {"x": TensorInfo(dtype=types_pb2.DT_FLOAT)}
_TWO = _ONE | {"n": TensorInfo(dtype=types_pb2.DT_INT32)}
_RECORDS = {"examples": TensorInfo(dtype=types_pb2.DT_STRING)}


@pytest.mark.parametrize(
    "document",
    [
        {"instances": [[1, 2], [3, 4]]},
        {"instances": [{"x": [1, 2]}, {"x": [3, 4]}]},
        {"inputs": [[1, 2], [3, 4]]},
        {"inputs": {"x": [[1, 2], [3, 4]], "unknown": 1}},
    ],
)
def test_one_input_can_be_said_in_four_ways(document):
    read = inputs(document, _ONE)
    assert read.by_rows is ("instances" in document)
    np.testing.assert_array_equal(read.arrays["x"], [[1, 2], [3, 4]])
    assert read.arrays["x"].dtype == np.float32


@pytest.mark.parametrize(
    "document",
    [
        {"instances": [{"x": [1], "n": 3}, {"n": 4, "x": [2]}]},
        {"inputs": {"x": [[1], [2]], "n": [3, 4]}},
    ],
)
def test_several_inputs_are_named(document):
    arrays = inputs(document, _TWO).arrays
    assert arrays["x"].tolist() == [[1.0], [2.0]]
    assert arrays["n"].tolist() == [3, 4]


@pytest.mark.parametrize(
    "document",
    [
        {"instances": [{"b64": "YQ=="}]},
        {"instances": [{"examples": {"b64": "YQ=="}}]},
        {"inputs": {"examples": [{"b64": "YQ=="}]}},
        {"inputs": [{"b64": "YQ=="}]},
    ],
)
def test_a_record_is_base64(document):
    assert inputs(document, _RECORDS).arrays["examples"].tolist() == [b"a"]


def test_a_lone_record_has_no_dimension():
    array = inputs({"inputs": {"b64": "YQ=="}}, _RECORDS).arrays["examples"]
    assert array.shape == ()
    assert array.item() == b"a"


@pytest.mark.parametrize(
    ("document", "infos", "words"),
    [
        ({}, _ONE, "Missing 'inputs' or 'instances' key"),
        ({"inputs": 1, "instances": [1]}, _ONE, "expecting only one of 'inputs' or"),
        ({"instances": 1}, _ONE, "Expecting 'instances' to be an list/array"),
        ({"instances": []}, _ONE, "No values in 'instances' array"),
        ({"instances": [1]}, _TWO, "instances is a plain list, but expecting list of"),
        ({"instances": [{"x": 1}]}, _TWO, "0 of 'instances' list. JSON object: {"),
        ({"instances": [{"x": 1}]}, _TWO, "keys must be equal to: n,x"),
        ({"instances": [{"x": 1}, 2]}, _ONE, "Expecting object but got list at item 1"),
        ({"instances": [1, {"x": 1}]}, _ONE, "Expecting value/list but got object at"),
        ({"instances": [{"y": 1}]}, _ONE, "does not have named input: y"),
        ({"instances": [1, "a"]}, _ONE, "element: 1 of 'instances' list. Error: INVAL"),
        ({"instances": [{"x": "a"}]}, _ONE, "element: 0 key: x of 'instances' list."),
        ({"instances": [[1], [1, 2]]}, _ONE, "Expecting tensor size: 1 but got: 2"),
        ({"instances": [[[1], [2]], [1, 2]]}, _ONE, "shape [2,1] but got: [2]"),
        ({"instances": [{"x": [1]}, {"x": 1}]}, _ONE, "shape [1] but got: []"),
        ({"instances": [{"b64": "*"}]}, _RECORDS, "Unable to base64 decode"),
        ({"instances": [{"examples": "\ud800"}]}, _RECORDS, "surrogate pair"),
        (
            {"inputs": [1]},
            _TWO,
            "inputs is a plain value/list, but expecting an object",
        ),
        ({"inputs": {"x": [1]}}, _TWO, "Missing named input: n in 'inputs' object."),
        ({"inputs": {"x": ["a"]}}, _ONE, "Type: String is not of expected type: float"),
    ],
)
def test_a_fault_is_named_in_the_true_server_s_words(document, infos, words):
    with pytest.raises(StatusError, match="INVALID_ARGUMENT") as error:
        inputs(document, infos)
    assert words in error.value.message


def test_a_fault_in_a_late_row_is_found():
    rows = [[float(number)] for number in range(1000)] + [[True]] + [[1.0]] * 10
    with pytest.raises(StatusError, match="element: 1000 of 'instances'"):
        inputs({"instances": rows}, _ONE)


def test_a_type_without_a_form_in_json_is_unimplemented():
    with pytest.raises(StatusError, match="UNIMPLEMENTED: Conversion .* type: half"):
        inputs({"inputs": 1}, {"x": TensorInfo(dtype=types_pb2.DT_HALF)})


def test_a_signature_is_named_by_a_string():
    assert signature_name({"signature_name": "two"}) == "two"
    assert signature_name({}) == ""
    with pytest.raises(
        StatusError, match="'signature_name' key must be a string value"
    ):
        signature_name({"signature_name": 3})
