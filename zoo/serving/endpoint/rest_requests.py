"""A JSON request as named arrays: by rows (`instances`) or by columns (`inputs`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import grpc
import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import TensorInfo

from zoo.serving.endpoint.rest_quoting import quoted
from zoo.serving.endpoint.rest_refusals import first_fault, refusal, row_refusal
from zoo.serving.endpoint.rest_status import invalid
from zoo.serving.endpoint.rest_tensors import (
    TensorType,
    converted,
    is_base64,
    type_of,
)
from zoo.serving.endpoint.status_error import StatusError


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a request feeds a signature."""

    arrays: Mapping[str, np.ndarray]
    by_rows: bool  # the answer has the request's form


def signature_name(document: Mapping[str, object]) -> str:
    """The signature that a request names; "" where it names none.

    Raises:
        StatusError: INVALID_ARGUMENT if it is no string.
    """
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid(
            f"JSON Value: {quoted(document)} not formatted correctly. 'signature_name' "
            "key must be a string value."
        )
    return name


def inputs(document: Mapping[str, object], infos: Mapping[str, TensorInfo]) -> Inputs:
    """The arrays that a request's object holds.

    Args:
        document: a parsed body.
        infos: inputs of the signature by name.

    Raises:
        StatusError: in TensorFlow Serving's words; INVALID_ARGUMENT, or UNIMPLEMENTED
            for a type of tensor that JSON can't say.
    """
    if not ("instances" in document or "inputs" in document):
        raise invalid("Missing 'inputs' or 'instances' key")
    if "instances" in document and "inputs" in document:
        raise invalid(
            f"JSON Value: {quoted(document)} Not formatted correctly expecting only "
            "one of 'inputs' or 'instances' keys to exist "
        )
    types = {name: _speakable(info) for name, info in infos.items()}
    if "inputs" in document:
        return Inputs(arrays=_columns(document["inputs"], types), by_rows=False)
    rows = document["instances"]
    if not isinstance(rows, list):
        raise invalid(
            f"JSON Value: {quoted(document)} Expecting 'instances' to be an list/array"
        )
    if not rows:
        raise invalid(f"JSON Value: {quoted(document)} No values in 'instances' array")
    return Inputs(arrays=_rows(rows, types), by_rows=True)


def _speakable(info: TensorInfo) -> TensorType:
    tensor_type = type_of(info.dtype)
    if isinstance(tensor_type, str):
        raise StatusError(
            grpc.StatusCode.UNIMPLEMENTED,
            f"Conversion of JSON Value to type: {tensor_type}",
        )
    return tensor_type


def _columns(value: object, types: Mapping[str, TensorType]) -> dict[str, np.ndarray]:
    """Arrays of a request by columns: an object, or the value of the one input."""
    if not isinstance(value, dict) or is_base64(value):
        if len(types) > 1:
            raise invalid(
                "inputs is a plain value/list, but expecting an object as multiple "
                "input tensors required as per tensorinfo_map"
            )
        value = {next(iter(types)): value}
    arrays = {}
    for name, tensor_type in types.items():
        if name not in value:
            raise invalid(f"Missing named input: {name} in 'inputs' object.")
        array = converted(value[name], tensor_type)
        if array is None:
            raise refusal(value[name], tensor_type)
        arrays[name] = array
    return arrays


def _rows(
    rows: Sequence[object], types: Mapping[str, TensorType]
) -> dict[str, np.ndarray]:
    """Arrays of a request by rows, `[B, ...]`."""
    if not isinstance(rows[0], dict) and len(types) > 1:
        raise invalid(
            "instances is a plain list, but expecting list of objects as multiple "
            "input tensors required as per tensorinfo_map"
        )
    named = _is_named(rows[0])
    arrays = _whole_rows(rows, types, named=named)
    if arrays is None:
        raise _rows_refusal(rows, types, named=named)
    return arrays


def _whole_rows(
    rows: Sequence[object], types: Mapping[str, TensorType], *, named: bool
) -> dict[str, np.ndarray] | None:
    """The rows' arrays, converted at once; none if a row has a fault."""
    if not named:
        columns = {name: rows for name in types}
    elif all(_is_named(row) and row.keys() == types.keys() for row in rows):
        columns = {name: [row[name] for row in rows] for name in types}
    else:
        return None
    arrays = {}
    for name, column in columns.items():
        try:
            array = converted(column, types[name])
        except StatusError:
            return None
        if array is None:
            return None
        arrays[name] = array
    return arrays


def _is_named(row: object) -> bool:
    """Whether a row gives its inputs by name."""
    return isinstance(row, dict) and not is_base64(row)


def _rows_refusal(
    rows: Sequence[object], types: Mapping[str, TensorType], *, named: bool
) -> StatusError:
    """The first fault of the rows."""
    refused = _named_refusal if named else _plain_refusal
    first = _whole_rows(rows[:1], types, named=named)
    if first is None:
        return refused(0, rows[0], types, {})
    shapes = {name: array.shape[1:] for name, array in first.items()}

    def _join(part: Sequence[object]) -> bool:
        arrays = _whole_rows(part, types, named=named)
        return arrays is not None and all(
            array.shape[1:] == shapes[name] for name, array in arrays.items()
        )

    fault = first_fault(rows, _join)
    return refused(fault, rows[fault], types, shapes)


def _named_refusal(
    number: int,
    row: object,
    types: Mapping[str, TensorType],
    shapes: Mapping[str, tuple[int, ...]],
) -> StatusError:
    """Why a row that must give its inputs by name doesn't do."""
    if not _is_named(row):
        return invalid(f"Expecting object but got list at item {number} of input list")
    for name, value in row.items():
        error = _value_refusal(name, value, types, shapes)
        if error is not None:
            return invalid(
                f"Failed to process element: {number} key: {name} of 'instances' list. "
                f"Error: {error}"
            )
    return invalid(
        f"Failed to process element: {number} of 'instances' list. JSON object: "
        f"{quoted(row)} keys must be equal to: {','.join(sorted(types))}"
    )


def _plain_refusal(
    number: int,
    row: object,
    types: Mapping[str, TensorType],
    shapes: Mapping[str, tuple[int, ...]],
) -> StatusError:
    """Why a row that is the value of the one input doesn't do."""
    if _is_named(row):
        return invalid(
            f"Expecting value/list but got object at item {number} of input list"
        )
    error = _value_refusal(next(iter(types)), row, types, shapes)
    return invalid(
        f"Failed to process element: {number} of 'instances' list. Error: {error}"
    )


def _value_refusal(
    name: str,
    value: object,
    types: Mapping[str, TensorType],
    shapes: Mapping[str, tuple[int, ...]],
) -> StatusError | None:
    """The fault of one input's value in a row; none if it has none."""
    if name not in types:
        return invalid(f"JSON object: does not have named input: {name}")
    if name in shapes:
        return row_refusal(value, types[name], shapes[name])
    try:
        whole = converted(value, types[name]) is not None
    except StatusError as error:
        return error
    return None if whole else refusal(value, types[name])
