"""Named arrays as TensorFlow Serving's JSON: by rows, or by columns."""

import base64
import json
import math
from collections.abc import Mapping

import numpy as np

from zoo.serving.endpoint.rest_status import invalid

_WRITABLE_INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint32", "uint64")
_NAMES = {
    "float16": "half",
    "float32": "float",
    "float64": "double",
    "object": "string",
}


def by_rows(outputs: Mapping[str, np.ndarray]) -> bytes:
    """`{"predictions": [...]}`, an element a row; an object where there are several.

    Args:
        outputs: `[B, ...]` each.

    Raises:
        StatusError: INVALID_ARGUMENT if an output has no rows, another number of them,
            or a type that JSON has no form for.
    """
    columns = {}
    rows = None
    for name, array in outputs.items():
        if array.ndim == 0:
            raise invalid(f"Tensor name: {name} has no shape information ")
        if rows is not None and len(array) != rows:
            raise invalid(
                f"Tensor name: {name} has inconsistent batch size: {len(array)} "
                f"expecting: {rows}"
            )
        rows = len(array)
        columns[name] = _nested(_elements(name, array), array.shape, depth=1)
    if len(columns) == 1:
        return _encoded('{"predictions": [', next(iter(columns.values())), "]}")
    keys = [json.dumps(name, ensure_ascii=False) for name in columns]
    objects = [
        "{" + ", ".join(f"{key}: {text}" for key, text in zip(keys, row)) + "}"
        for row in zip(*columns.values())
    ]
    return _encoded('{"predictions": [', objects, "]}")


def by_columns(outputs: Mapping[str, np.ndarray]) -> bytes:
    """`{"outputs": ...}`: the one output, or an object of several.

    Raises:
        StatusError: INVALID_ARGUMENT for a type that JSON has no form for.
    """
    texts = {
        name: _nested(_elements(name, array), array.shape, depth=0)[0]
        for name, array in outputs.items()
    }
    if len(texts) == 1:
        return _encoded('{"outputs": ', list(texts.values()), "}")
    members = [
        f"{json.dumps(name, ensure_ascii=False)}: {text}"
        for name, text in texts.items()
    ]
    return _encoded('{"outputs": {', members, "}}")


def _encoded(start: str, texts: list[str], end: str) -> bytes:
    """The whole answer; bytes of strings that are no UTF-8 go out as they came in."""
    return (start + ", ".join(texts) + end).encode("utf-8", "surrogateescape")


def _nested(elements: list[str], shape: tuple[int, ...], *, depth: int) -> list[str]:
    """Texts of the parts of an array that its first `depth` dimensions number."""
    texts = elements
    for dimension in range(len(shape) - 1, depth - 1, -1):
        size, count = shape[dimension], math.prod(shape[:dimension])
        texts = [
            "[" + ", ".join(texts[part * size : (part + 1) * size]) + "]"
            for part in range(count)
        ]
    return texts


def _elements(name: str, array: np.ndarray) -> list[str]:
    """Every element's text, flat."""
    kind = array.dtype.name
    if array.dtype.kind in "OS":
        return _strings(array, as_bytes=name.endswith("_bytes"))
    if kind in ("float32", "float64"):
        return _decimals(array.ravel())
    if kind in _WRITABLE_INTEGERS:
        return list(map(str, array.ravel().tolist()))
    if kind == "bool":
        return ["true" if element else "false" for element in array.ravel().tolist()]
    raise invalid(
        f"Failed to write JSON value for tensor type: {_NAMES.get(kind, kind)}"
    )


def _strings(array: np.ndarray, *, as_bytes: bool) -> list[str]:
    """Strings as text, or as base64 where an output's name says that it is bytes."""
    elements = array.ravel().tolist()
    if as_bytes:
        return [
            f'{{"b64": "{base64.b64encode(element).decode("ascii")}"}}'
            for element in elements
        ]
    return [
        json.dumps(element.decode("utf-8", "surrogateescape"), ensure_ascii=False)
        for element in elements
    ]


def _decimals(flat: np.ndarray) -> list[str]:
    """Numbers in six digits where these suffice to read them back, else in all.

    All is 9 digits of a float32, 17 of a float64.
    """
    digits = 9 if flat.dtype == np.float32 else 17
    numbers = flat.tolist()
    texts = [f"{number:.6g}" for number in numbers]
    with np.errstate(over="ignore"):
        read_back = np.array(list(map(float, texts)), np.float64).astype(flat.dtype)
    for place in np.flatnonzero(~((read_back == flat) | np.isnan(flat))):
        texts[place] = f"{numbers[place]:.{digits}g}"
    return [
        text if "." in text or "e" in text else _JSON_FORMS.get(text) or f"{text}.0"
        for text in texts
    ]


_JSON_FORMS = {"nan": "NaN", "-nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
