import json
from types import SimpleNamespace

from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef

from zoo.serving.endpoint.rest_metadata import metadata, status
from zoo.serving.endpoint.served_models import VersionStatus


def served(meta_graph):
    return SimpleNamespace(name="m", version=7, meta_graph=meta_graph)


def test_metadata_tell_name_version_and_signatures():
    meta_graph = MetaGraphDef()
    info = meta_graph.signature_def["s"].inputs["x"]
    info.name, info.dtype = "x:0", types_pb2.DT_FLOAT
    info.tensor_shape.dim.add(size=-1)
    answer = json.loads(metadata(served(meta_graph)))
    assert answer["model_spec"] == {"name": "m", "version": "7", "signature_name": ""}
    signature = answer["metadata"]["signature_def"]["signature_def"]["s"]
    assert signature["inputs"]["x"] == {
        "name": "x:0",
        "dtype": "DT_FLOAT",
        "tensor_shape": {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False},
    }
    assert signature["outputs"] == {}


def test_a_sparse_input_is_told_as_it_is():
    meta_graph = MetaGraphDef()
    info = meta_graph.signature_def["s"].inputs["x"]
    info.coo_sparse.values_tensor_name = "v:0"
    answer = json.loads(metadata(served(meta_graph)))
    signature = answer["metadata"]["signature_def"]["signature_def"]["s"]
    assert signature["inputs"]["x"] == {"coo_sparse": {"values_tensor_name": "v:0"}}


def test_status_keeps_order_and_errors():
    versions = [
        VersionStatus(
            version=2, state="END", error_code="NOT_FOUND", error_message="e"
        ),
        VersionStatus(version=1, state="AVAILABLE"),
    ]
    assert json.loads(status(versions))["model_version_status"] == [
        {
            "version": "2",
            "state": "END",
            "status": {"error_code": "NOT_FOUND", "error_message": "e"},
        },
        {
            "version": "1",
            "state": "AVAILABLE",
            "status": {"error_code": "OK", "error_message": ""},
        },
    ]
