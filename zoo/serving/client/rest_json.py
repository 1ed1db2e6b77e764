"""The bodies of TensorFlow Serving's REST protocol: tensors as JSON and back."""

import base64
import json
from collections.abc import Sequence

import numpy as np

from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.service import Tensors


def request(signature: str, inputs: Tensors) -> bytes:
    """The body of a predict request, by columns; bytes travel as base64.

    NaN stands as `NaN`, which TensorFlow Serving reads though JSON has none.
    """
    columns = b", ".join(
        json.dumps(name).encode() + b": " + _column(values)
        for name, values in inputs.items()
    )
    name = json.dumps(signature).encode()
    return b'{"signature_name": ' + name + b', "inputs": {' + columns + b"}}"


def outputs(
    body: bytes, names: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """The tensors of an answer; a single one comes without its name.

    Args:
        names: of those that are wanted.
        optional: of those that are wanted where they are there.

    Raises:
        EndpointError: `bad_answer`.
    """
    answered = content(body).get("outputs")
    if not isinstance(answered, dict) and len(names) == 1 and answered is not None:
        answered = {names[0]: answered}
    if not isinstance(answered, dict) or not {*names} <= {*answered}:
        raise EndpointError("bad_answer", f"outputs {', '.join(names)} are wanted")
    try:
        there = [name for name in optional if name in answered]
        return {name: _array(answered[name]) for name in (*names, *there)}
    except (ValueError, TypeError, OverflowError) as error:
        raise EndpointError("bad_answer", str(error)) from error


def content(body: bytes) -> dict:
    """The JSON object of an answer.

    Raises:
        EndpointError: `bad_answer`: something else.
    """
    try:
        answered = json.loads(body)
    except (ValueError, RecursionError):
        answered = None
    if not isinstance(answered, dict):
        raise EndpointError("bad_answer", body[:200].decode(errors="replace"))
    return answered


def _column(values: np.ndarray) -> bytes:
    if values.dtype == object:
        texts = (b'{"b64": "' + base64.b64encode(one) + b'"}' for one in values)
        return b"[" + b", ".join(texts) + b"]"
    return json.dumps(values.tolist()).encode()


def _array(values: object) -> np.ndarray:
    """float32, int64, bool or strings."""
    array = np.asarray(values)
    if array.dtype.kind == "f":
        return array.astype(np.float32)
    if array.dtype.kind not in "iUb":
        raise ValueError(f"numbers, booleans or strings are wanted, not {array.dtype}")
    return array
