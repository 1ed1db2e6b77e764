import json

import numpy as np
import pytest

from zoo.serving.client import rest_json
from zoo.serving.client.endpoint_error import EndpointError


def test_a_record_travels_as_base64():
    body = rest_json.request("serve_examples", {"examples": np.array([b"\0\xff"], "O")})
    assert json.loads(body) == {
        "signature_name": "serve_examples",
        "inputs": {"examples": [{"b64": "AP8="}]},
    }


def test_numbers_keep_their_value_and_nan_is_written():
    values = np.array([[0.1, np.nan, 3e38, -1e-38]], np.float32)
    body = rest_json.request("x", {"a": values, "b": np.array([[1, 0]])})
    inputs = json.loads(body)["inputs"]
    np.testing.assert_array_equal(np.array(inputs["a"], np.float32), values)
    assert inputs["b"] == [[1, 0]]


def test_outputs_by_name():
    body = (
        b'{"outputs": {"p": [[0.25, 0.75]], "l": ["a"], "n": [[1, 0]], "b": [true], '
        b'"x": 1}}'
    )
    outputs = rest_json.outputs(body, ["p", "l", "n", "b"])
    assert {name: one.dtype.kind for name, one in outputs.items()} == {
        **{"p": "f", "l": "U", "n": "i", "b": "b"}
    }
    assert outputs["p"].tolist() == [[0.25, 0.75]]


def test_optional_outputs_are_those_that_are_there():
    outputs = rest_json.outputs(b'{"outputs": {"p": [1.5], "t": ["a"]}}', ["p"], ["t"])
    assert {*outputs} == {"p", "t"}
    outputs = rest_json.outputs(b'{"outputs": {"p": [1.5], "x": ["a"]}}', ["p"], ["t"])
    assert {*outputs} == {"p"}


def test_a_single_output_comes_without_its_name():
    outputs = rest_json.outputs(b'{"outputs": [[1.5]]}', ["predictions"])
    assert outputs["predictions"].tolist() == [[1.5]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[1]",
        b"{}",
        b'{"outputs": {"q": [1]}}',
        b'{"outputs": {"p": [[1, 2], [3]]}}',
        b'{"outputs": {"p": [{}]}}',
        b'{"outputs": {"p": [null]}}',
        b"[" * 100000,
    ],
)
def test_what_is_no_answer(body):
    with pytest.raises(EndpointError, match="answer is not one of this model"):
        rest_json.outputs(body, ["p"])
