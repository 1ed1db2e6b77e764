"""What TensorFlow Serving refuses before it runs a signature, in its words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import grpc
import numpy as np
from tensorflow import as_dtype
from tensorflow.core.protobuf.meta_graph_pb2 import (
    MetaGraphDef,
    SignatureDef,
    TensorInfo,
)

from zoo.serving.endpoint import tensor_proto
from zoo.serving.endpoint.status_error import StatusError

DEFAULT_SIGNATURE = "serving_default"
_METHODS = tuple(
    f"tensorflow/serving/{method}" for method in ("predict", "classify", "regress")
)


def signature(meta_graph: MetaGraphDef, name: str) -> SignatureDef:
    """The signature of that name.

    Raises:
        StatusError: there is none, or it is one that no request may call.
    """
    if name not in meta_graph.signature_def:
        raise StatusError(
            grpc.StatusCode.FAILED_PRECONDITION,
            f'Serving signature key "{name}" not found.',
        )
    wanted = meta_graph.signature_def[name]
    if wanted.method_name not in _METHODS:
        raise StatusError(
            grpc.StatusCode.INTERNAL,
            "Expected prediction signature method_name to be one of "
            f"{{{', '.join(_METHODS)}}}. Was: {wanted.method_name}",
        )
    return wanted


def inputs(
    wanted: SignatureDef, given: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """An array for every input, in the order of names, defaults of the signature too.

    Raises:
        StatusError: INVALID_ARGUMENT for inputs missing, too many or of a wrong type.
    """
    _check_number(wanted, given)
    arrays = {}
    for number, (alias, info) in enumerate(sorted(wanted.inputs.items(), key=_name)):
        if alias in given:
            array = given[alias]
        elif alias in wanted.defaults:
            array = tensor_proto.to_array(wanted.defaults[alias])
        else:
            raise _invalid(
                f"Signature input alias: {alias}(feed name: {info.name}) not found in "
                "request and no default value provided. Inputs expected to be in the "
                f"request {_set(given)}, or default input alias set: "
                f"{','.join(sorted(wanted.defaults))}"
            )
        received = as_dtype(array.dtype).as_datatype_enum
        if received != info.dtype:
            raise _invalid(
                f"Expects arg[{number}] to be {tensor_proto.type_name(info.dtype)} but "
                f"{tensor_proto.type_name(received)} is provided"
            )
        _check_dimensions(alias, info, array)
        arrays[alias] = array
    return arrays


def _check_dimensions(alias: str, info: TensorInfo, array: np.ndarray) -> None:
    """Refuses what is a volume here and none there: 3D kernels crash on it.

    oneDNN's pooling of an empty array of 6 dimensions kills the process. Vectors and
    matrices pass for one another, as TensorFlow Serving lets them.
    """
    if info.tensor_shape.unknown_rank:
        return
    due = len(info.tensor_shape.dim)
    if array.ndim != due and max(array.ndim, due) > 2:
        raise _invalid(
            f"Signature input alias: {alias}(feed name: {info.name}) has {due} "
            f"dimensions. Received: {array.ndim}"
        )


def _check_number(wanted: SignatureDef, given: Mapping[str, np.ndarray]) -> None:
    few = len(given) < len(wanted.inputs) and not wanted.defaults
    if few or len(given) > len(wanted.inputs):
        raise _invalid(
            f"input size does not match signature: {len(given)}!={len(wanted.inputs)} "
            f"len({_set(given)}) != len({_set(wanted.inputs)}). Sent extra: "
            f"{_set(given.keys() - wanted.inputs.keys())}. Missing but required: "
            f"{_set(wanted.inputs.keys() - given.keys())}."
        )


def check_outputs(wanted: SignatureDef, names: Sequence[str]) -> None:
    """Refuses names of outputs that the signature has not, or that come twice.

    Raises:
        StatusError: INVALID_ARGUMENT.
    """
    for number, name in enumerate(names):
        if name not in wanted.outputs:
            raise _invalid(
                f"output tensor alias not found in signature: {name} Outputs expected "
                f"to be in the set {_set(wanted.outputs)}."
            )
        if name in names[:number]:
            raise _invalid(f"duplicate output tensor alias: {name}")


def _name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _set(names: Iterable[str]) -> str:
    return f"{{{','.join(sorted(names))}}}"


def _invalid(message: str) -> StatusError:
    return StatusError(grpc.StatusCode.INVALID_ARGUMENT, message)
