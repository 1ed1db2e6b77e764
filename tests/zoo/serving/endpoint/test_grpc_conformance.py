"""Every recorded gRPC case has the true server's status, message and response."""

import json

import grpc
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint import model_config
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.grpc_server import GrpcServer

REQUESTS = {
    "Classify": classification_pb2.ClassificationRequest,
    "Regress": regression_pb2.RegressionRequest,
    "MultiInference": inference_pb2.MultiInferenceRequest,
}
CASES = json.loads(
    (endpoints.FIXTURES / "predict_grpc.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def channel(tmp_path_factory):
    path = tmp_path_factory.mktemp("endpoint") / "models.config"
    endpoints.conformance_config(path)
    served = endpoints.Served()
    served.reloading(lambda: model_config.read(path)).refresh()
    server = GrpcServer(
        served.models,
        limits=served.limits,
        access=Access(),
        metrics=served.metrics,
        host="127.0.0.1",
        port=0,
    )
    with grpc.insecure_channel(f"127.0.0.1:{server.start()}") as channel:
        yield channel
    server.stop(0)


@pytest.fixture(scope="module")
def stub(channel):
    return prediction_service_pb2_grpc.PredictionServiceStub(channel)


def outputs(response):
    return {
        name: tf.make_ndarray(one).tolist() for name, one in response.outputs.items()
    }


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_recorded_case(case, stub):
    request = predict_pb2.PredictRequest.FromString(bytes.fromhex(case["request_hex"]))
    if case["status"] == "OK":
        right = predict_pb2.PredictResponse.FromString(
            bytes.fromhex(case["response_hex"])
        )
        response = stub.Predict(request)
        assert response.model_spec == right.model_spec
        assert outputs(response) == outputs(right)
        assert {*response.outputs} == {*right.outputs}
        for name, tensor in right.outputs.items():  # the very fields
            assert response.outputs[name] == tensor
        return
    with pytest.raises(grpc.RpcError) as raised:
        stub.Predict(request)
    assert raised.value.code().name == case["status"]
    words = case["message"].partition("\n")[0]
    assert raised.value.details().startswith(words)


def test_what_xla_must_compile_fails(stub):
    with pytest.raises(grpc.RpcError, match="XLA compilation disabled") as raised:
        stub.Predict(endpoints.request("multi", signature="jitsig", x=[1.0]))
    assert raised.value.code() is grpc.StatusCode.INTERNAL


def test_an_input_that_is_left_out_has_the_default_of_its_signature(stub):
    response = stub.Predict(endpoints.request("half_plus_two_tf2"))
    (y,) = outputs(response).values()
    assert y == [2.0]


def test_a_label_leads_to_its_version(stub):
    inputs = {"a": [[1.0, 2.0, 3.0]], "b": tf.ones([1, 3], tf.int32)}
    asked = endpoints.request("multi", signature="two", label="stable", **inputs)
    assert stub.Predict(asked).model_spec.version.value == 1
    asked.model_spec.version_label = "canary"
    with pytest.raises(grpc.RpcError, match="Unrecognized servable version label"):
        stub.Predict(asked)


def test_metadata_hold_the_signatures(stub):
    request = get_model_metadata_pb2.GetModelMetadataRequest()
    request.model_spec.name = "multi"
    with pytest.raises(grpc.RpcError, match="must specify at least one metadata_field"):
        stub.GetModelMetadata(request)
    request.metadata_field.append("signature_def")
    response = stub.GetModelMetadata(request)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    assert response.model_spec.version.value == 2
    two = signatures.signature_def["two"]
    assert sorted(two.inputs) == ["a", "b"]
    assert "__saved_model_init_op" in signatures.signature_def
    request.metadata_field.append("assets")
    with pytest.raises(grpc.RpcError, match="Metadata field assets is not supported"):
        stub.GetModelMetadata(request)


def test_status_gives_every_version_newest_first(channel):
    stub = model_service_pb2_grpc.ModelServiceStub(channel)
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "multi"
    states = stub.GetModelStatus(request).model_version_status
    assert [(one.version, one.state) for one in states] == [(2, 30), (1, 30)]
    request.model_spec.version.value = 7
    with pytest.raises(grpc.RpcError, match="Could not find version 7 of model multi"):
        stub.GetModelStatus(request)


@pytest.mark.parametrize("method", REQUESTS)
def test_what_this_server_has_not_is_unimplemented(method, stub):
    call = getattr(stub, method)
    with pytest.raises(grpc.RpcError) as raised:
        call(REQUESTS[method]())
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
