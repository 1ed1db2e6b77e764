"""Which signatures a server refuses or answers badly, each with the cure."""

import re
from collections.abc import Iterator

from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo

from zoo.serving.gate.refusal import Refusal

DEFAULT = "serving_default"
# What the server's REST side reads and writes.
JSON_TYPES = frozenset(
    (
        *(types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE, types_pb2.DT_BOOL),
        *(types_pb2.DT_INT8, types_pb2.DT_INT16, types_pb2.DT_INT32),
        *(types_pb2.DT_INT64, types_pb2.DT_UINT8, types_pb2.DT_UINT32),
        *(types_pb2.DT_UINT64, types_pb2.DT_STRING),
    )
)
_NAMED_BY_NOBODY = re.compile(r"(args|inputs?|outputs?|keras_tensor|unknown)_\d+")


def refusals(name: str, signature: SignatureDef) -> Iterator[Refusal]:
    """What a server refuses of one signature."""
    if not signature.inputs:
        yield _refusal(
            name, "it has no inputs", "Give it one, with the batch first, by its name"
        )
    if not signature.outputs:
        yield _refusal(name, "it has no outputs", "Return a dict of tensors")
    for key, info in signature.inputs.items():
        if info.WhichOneof("encoding") != "name" or not info.name:
            yield _refusal(
                name,
                f"its input {key} is no dense tensor with a name",
                "Give dense tensors: a client can send nothing else",
                info,
            )
    by_batch = any(_first(info) == -1 for info in signature.inputs.values())
    for key, info in signature.outputs.items():
        yield from _of_output(name, key, info, by_batch)


def warnings(name: str, signature: SignatureDef) -> Iterator[str]:
    """What works but will be regretted."""
    tensors = {**signature.inputs, **signature.outputs}
    unnamed = sorted(key for key in tensors if _NAMED_BY_NOBODY.fullmatch(key))
    if unnamed:
        yield (
            f"signature {name}: nobody named {', '.join(unnamed)}. Name every input "
            "and return a dict, for these names change with the software"
        )
    unread = [
        f"{key} ({_type(info)})"
        for key, info in sorted(signature.inputs.items())
        if info.dtype not in JSON_TYPES
    ]
    if unread:
        yield (
            f"signature {name}: over REST the server can't read {', '.join(unread)}. "
            "Take float32 and cast inside, or ask by gRPC alone"
        )
    fixed = sorted(key for key, info in signature.inputs.items() if _first(info) > 0)
    if fixed:
        yield (
            f"signature {name}: the first size of {', '.join(fixed)} is fixed. Leave "
            "it open (None), or the server can't batch requests"
        )


def _of_output(
    name: str, key: str, info: TensorInfo, by_batch: bool
) -> Iterator[Refusal]:
    if info.WhichOneof("encoding") != "name" or not info.name:
        yield _refusal(
            name,
            f"its output {key} is no dense tensor with a name",
            "Return dense tensors: the server can send nothing else",
            info,
        )
        return
    if info.dtype not in JSON_TYPES:
        yield _refusal(
            name,
            f"its output {key} is {_type(info)}, which the server's REST side can't "
            "write",
            "Cast it to float32",
            info,
        )
    shape = info.tensor_shape
    if not shape.unknown_rank and not shape.dim:
        yield _refusal(
            name,
            f"its output {key} is a scalar, without the batch",
            "Give one value for each of the batch, [B]",
            info,
        )
    elif by_batch and _first(info) >= 0:
        yield _refusal(
            name,
            f"the first size of its output {key} is {_first(info)} and not the batch's",
            "Put the batch first, with a copy for each of it where all are equal",
            info,
        )


def _first(info: TensorInfo) -> int:
    """The first size; -1 = open, or not known."""
    dims = info.tensor_shape.dim
    return dims[0].size if dims else -1


def _type(info: TensorInfo) -> str:
    return types_pb2.DataType.Name(info.dtype).removeprefix("DT_").lower()


def _refusal(
    name: str, problem: str, cure: str, info: TensorInfo | None = None
) -> Refusal:
    node = info.name.partition(":")[0] if info is not None else ""
    return Refusal(problem=problem, cure=cure, node=node, signatures=(name,))
