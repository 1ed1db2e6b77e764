"""Why a JSON value is no tensor, in TensorFlow Serving's words.

Only asked when whole lists couldn't be converted. The first element with a fault is
sought by halves, so that a list of millions costs no look at each of them.
"""

import math
from collections.abc import Callable, Sequence

from zoo.serving.endpoint.rest_parsing import TOO_BIG, overflowed
from zoo.serving.endpoint.rest_quoting import quoted, type_name
from zoo.serving.endpoint.rest_status import invalid
from zoo.serving.endpoint.rest_tensors import MOST_DIMENSIONS, TensorType, converted
from zoo.serving.endpoint.status_error import StatusError


def first_fault(
    elements: Sequence[object], valid: Callable[[Sequence[object]], bool]
) -> int:
    """The place of the first element with a fault, of a list that has one.

    Args:
        elements: of the list.
        valid: whether a part of the list has no fault.
    """
    start, end = 0, len(elements)
    while end - start > 1:
        middle = (start + end) // 2
        if valid(elements[start:middle]):
            start = middle
        else:
            end = middle
    return start


def refusal(value: object, tensor_type: TensorType) -> StatusError:
    """Why one tensor's value can't be converted."""
    shape = _shape(value)
    if len(shape) >= MOST_DIMENSIONS:
        return invalid(f"A tensor must have fewer than {MOST_DIMENSIONS} dimensions")
    return _of_level(value, 0, shape, tensor_type)


def row_refusal(
    value: object, tensor_type: TensorType, shape: tuple[int, ...]
) -> StatusError | None:
    """Why a row's value can't join the rows before it; none if it can.

    Args:
        value: of one input of the row.
        tensor_type: of the input.
        shape: of the first row's value.
    """
    try:
        array = converted(value, tensor_type)
    except StatusError as error:
        return error
    if array is None:
        return refusal(value, tensor_type)
    if array.size != math.prod(shape):
        return invalid(
            f"Expecting tensor size: {math.prod(shape)} but got: {array.size}"
        )
    if array.shape != shape:
        return invalid(
            f"Expecting shape {_bracketed(shape)} but got: {_bracketed(array.shape)}"
        )
    return None


def _of_level(
    value: object, level: int, shape: tuple[int, ...], tensor_type: TensorType
) -> StatusError:
    """The first fault of a list, or of an element, that stands in lists."""
    rank = len(shape)
    if not isinstance(value, list):
        if level != rank:
            return invalid(
                f"JSON Value: {quoted(value)} found at incorrect level: {level + 1} in "
                f"the JSON DOM. Expected at level: {rank}"
            )
        return _of_element(value, tensor_type)
    if level >= rank:
        return invalid(
            f"Encountered list at unexpected level: {level} expected < {rank}"
        )
    if len(value) != shape[level]:
        return invalid(
            f"Encountered list at unexpected size: {len(value)} at level: {level} "
            f"expected size: {shape[level]}"
        )
    if not value:
        return invalid(f"The value is no tensor of type {tensor_type.name}")
    inner = shape[level + 1 :]
    fault = first_fault(value, lambda part: _is_whole(part, inner, tensor_type))
    return _of_level(value[fault], level + 1, shape, tensor_type)


def _is_whole(
    values: Sequence[object], shape: tuple[int, ...], tensor_type: TensorType
) -> bool:
    """Whether some values convert, each to the shape it must have."""
    try:
        array = converted(values, tensor_type)
    except StatusError:
        return False
    return array is not None and array.shape[1:] == shape


def _of_element(value: object, tensor_type: TensorType) -> StatusError:
    if type(value) not in tensor_type.leaves:
        return _wrong_type(value, tensor_type)
    try:
        converted(value, tensor_type)
    except StatusError as error:
        return error
    if tensor_type.name not in ("float", "double"):
        return _wrong_type(value, tensor_type)
    if overflowed(value) or tensor_type.name == "double" or not _is_double(value):
        return invalid(TOO_BIG)
    return invalid(
        f"Cannot convert JSON value: {quoted(value)} to float without loss of "
        "precision."
    )


def _is_double(value: int | float) -> bool:
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _wrong_type(value: object, tensor_type: TensorType) -> StatusError:
    return invalid(
        f"JSON Value: {quoted(value)} Type: {type_name(value)} is not of expected "
        f"type: {tensor_type.name}"
    )


def _shape(value: object) -> tuple[int, ...]:
    """The shape that a value's first elements have; too long a one is cut."""
    shape: list[int] = []
    while isinstance(value, list) and len(shape) <= MOST_DIMENSIONS:
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)


def _bracketed(shape: tuple[int, ...]) -> str:
    return "[" + ",".join(map(str, shape)) + "]"
