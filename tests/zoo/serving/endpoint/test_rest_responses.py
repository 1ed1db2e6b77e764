import json

import numpy as np
import pytest

from zoo.serving.endpoint.rest_responses import by_columns, by_rows
from zoo.serving.endpoint.status_error import StatusError


def objects(*elements):
    array = np.empty(len(elements), object)
    array[:] = elements
    return array


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (np.float32(-16.1180954), "-16.1180954"),
        (np.float32(0.1), "0.1"),
        (np.float32(2), "2.0"),
        (np.float32(-0.0), "-0.0"),
        (np.float32(1e38), "1e+38"),
        (np.float32(9e6), "9e+06"),
        (np.float32(16777216), "16777216.0"),
        (np.float32("nan"), "NaN"),
        (np.float32("-inf"), "-Infinity"),
        (np.float64(1) / 3, "0.33333333333333331"),
        (np.int64(-(2**63)), "-9223372036854775808"),
        (np.uint64(2**64 - 1), "18446744073709551615"),
        (np.bool_(True), "true"),
    ],
)
def test_a_number_is_written_as_the_true_server_writes_it(number, text):
    assert by_columns({"y": np.array([number])}) == b'{"outputs": [%s]}' % text.encode()


def test_every_float32_is_read_back_as_it_was():
    bits = np.random.default_rng(0).integers(0, 2**32, 20000, dtype=np.uint32)
    array = bits.view(np.float32)
    array = array[np.isfinite(array)]
    read = json.loads(by_columns({"y": array}))["outputs"]
    np.testing.assert_array_equal(np.array(read, np.float32), array)


def test_a_row_of_one_output_is_its_value():
    answer = by_rows({"y": np.array([[1, 2], [3, 4]])})
    assert json.loads(answer) == {"predictions": [[1, 2], [3, 4]]}


def test_a_row_of_several_outputs_is_an_object():
    answer = by_rows({"y": np.array([1, 2]), "z": np.zeros((2, 0, 3))})
    assert json.loads(answer) == {"predictions": [{"y": 1, "z": []}, {"y": 2, "z": []}]}


def test_columns_have_the_outputs_shapes():
    answer = by_columns({"y": np.ones((1, 2, 1)), "s": np.float32(3)[()].reshape(())})
    assert json.loads(answer) == {"outputs": {"y": [[[1.0], [1.0]]], "s": 3.0}}


def test_no_rows_are_no_predictions():
    assert json.loads(by_rows({"y": np.zeros((0, 3))})) == {"predictions": []}


def test_strings_are_text():
    answer = by_columns({"y": objects("\u00e4\n".encode(), b"")})
    assert json.loads(answer) == {"outputs": ["\u00e4\n", ""]}


def test_strings_of_an_output_of_bytes_are_base64():
    answer = by_rows({"y_bytes": objects(b"\xff\x00")})
    assert json.loads(answer) == {"predictions": [{"b64": "/wA="}]}


def test_bytes_that_are_no_text_go_out_as_they_are():
    assert by_columns({"y": objects(b"\xff")}) == b'{"outputs": ["\xff"]}'


@pytest.mark.parametrize("form", [by_rows, by_columns])
def test_half_has_no_form(form):
    with pytest.raises(StatusError, match="JSON value for tensor type: half"):
        form({"y": np.ones(1, np.float16)})


def test_a_scalar_has_no_rows():
    with pytest.raises(StatusError, match="Tensor name: s has no shape information"):
        by_rows({"s": np.array(1.0)})


def test_outputs_have_equally_many_rows():
    with pytest.raises(
        StatusError, match="z has inconsistent batch size: 3 expecting: 2"
    ):
        by_rows({"y": np.ones(2), "z": np.ones(3)})
