"""What a model is and which of its versions answer, as JSON."""

import json
from collections.abc import Iterable

from google.protobuf.json_format import MessageToDict
from tensorflow.core.framework import types_pb2
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.tensor_shape_pb2 import TensorShapeProto
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo

from zoo.serving.endpoint.servable import Servable
from zoo.serving.endpoint.served_models import VersionStatus

_EMPTY_TENSOR = {"version_number": 0, "tensor_content": "", "float8_val": ""} | {
    f"{kind}_val": []
    for kind in (
        *("float", "double", "int", "string", "scomplex", "int64", "bool", "dcomplex"),
        *("half", "resource_handle", "variant", "uint32", "uint64"),
    )
}


def metadata(servable: Servable) -> bytes:
    """The signatures of a version, with every field that has a default as well."""
    signatures = servable.meta_graph.signature_def
    answer = {
        "model_spec": {
            "name": servable.name,
            "version": str(servable.version),
            "signature_name": "",
        },
        "metadata": {
            "signature_def": {
                "signature_def": {
                    name: _signature(signatures[name]) for name in signatures
                }
            }
        },
    }
    return json.dumps(answer, indent=1).encode()


def status(versions: Iterable[VersionStatus]) -> bytes:
    """The states of a model's versions, in the order given."""
    answer = {
        "model_version_status": [
            {
                "version": str(version.version),
                "state": version.state,
                "status": {
                    "error_code": version.error_code,
                    "error_message": version.error_message,
                },
            }
            for version in versions
        ]
    }
    return json.dumps(answer, indent=1).encode()


def _signature(signature: SignatureDef) -> dict[str, object]:
    return {
        "inputs": {name: _info(info) for name, info in signature.inputs.items()},
        "outputs": {name: _info(info) for name, info in signature.outputs.items()},
        "method_name": signature.method_name,
        "defaults": {
            name: _tensor(tensor) for name, tensor in signature.defaults.items()
        },
    }


def _info(info: TensorInfo) -> dict[str, object]:
    """A named tensor; one of another encoding (sparse, composite) as it is."""
    if info.WhichOneof("encoding") not in (None, "name"):
        return MessageToDict(info, preserving_proto_field_name=True)
    return {
        "name": info.name,
        "dtype": types_pb2.DataType.Name(info.dtype),
        "tensor_shape": _shape(info.tensor_shape),
    }


def _shape(shape: TensorShapeProto) -> dict[str, object]:
    return {
        "dim": [{"size": str(dim.size), "name": dim.name} for dim in shape.dim],
        "unknown_rank": shape.unknown_rank,
    }


def _tensor(tensor: TensorProto) -> dict[str, object]:
    """An input's default value."""
    fields = MessageToDict(tensor, preserving_proto_field_name=True)
    return (
        _EMPTY_TENSOR
        | fields
        | {
            "dtype": types_pb2.DataType.Name(tensor.dtype),
            "tensor_shape": _shape(tensor.tensor_shape),
        }
    )
