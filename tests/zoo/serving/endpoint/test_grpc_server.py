"""Who may ask over gRPC, how much, and how many at once."""

import contextlib
import subprocess
import threading
import time
from concurrent import futures

import grpc
import numpy as np
import pytest
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    prediction_service_pb2_grpc,
)

from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.grpc_server import Certificate, GrpcServer
from zoo.serving.endpoint.limits import Limits

TOKEN = "0123456789abcdef"
X = [[1.0, 2.0]]
Stub = prediction_service_pb2_grpc.PredictionServiceStub


@contextlib.contextmanager
def serving(versions, *, access=None, certificate=None, **limits):
    """A server of version 2; yields its port and its parts."""
    served = endpoints.Served(limits=Limits(**limits))
    served.models.add(served.loader().load("m", 2, versions / "2"))
    server = GrpcServer(
        served.models,
        limits=served.limits,
        access=access or Access(),
        metrics=served.metrics,
        host="127.0.0.1",
        port=0,
        certificate=certificate,
    )
    port = server.start()
    try:
        yield port, served
    finally:
        server.stop(0)


@contextlib.contextmanager
def stub(versions, **options):
    with serving(versions, **options) as (port, _):
        unlimited = [("grpc.max_send_message_length", -1)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", unlimited) as channel:
            yield Stub(channel)


def refused(call, *args, **options):
    with pytest.raises(grpc.RpcError) as raised:
        call(*args, **options)
    return raised.value.code(), raised.value.details()


def test_only_the_token_opens(versions):
    with stub(versions, access=Access(token=TOKEN)) as asked:
        request = endpoints.request(x=X)
        for metadata in ((), (("authorization", "Bearer wrong"),)):
            code, details = refused(asked.Predict, request, metadata=metadata)
            assert code is grpc.StatusCode.UNAUTHENTICATED
            assert "Bearer TOKEN" in details and TOKEN not in details
        shown = (("authorization", f"Bearer {TOKEN}"),)
        response = asked.Predict(request, metadata=shown)
        assert [*response.outputs["y"].float_val] == [2, 4]


def test_a_request_larger_than_the_limit(versions):
    with stub(versions, max_request_bytes=10_000) as asked:
        assert asked.Predict(endpoints.request(x=np.ones([1000, 2], np.float32)))
        large = endpoints.request(x=np.ones([2000, 2], np.float32))
        code, _ = refused(asked.Predict, large)
        assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert asked.Predict(endpoints.request(x=X))


def test_the_clients_deadline_holds(versions):
    with stub(versions) as asked:
        slow = endpoints.request(signature="slow", x=[1500])
        began = time.monotonic()
        code, _ = refused(asked.Predict, slow, timeout=0.3)
        assert code is grpc.StatusCode.DEADLINE_EXCEEDED
        assert time.monotonic() - began < 20


def test_more_requests_than_the_limit_are_unavailable(versions):
    with stub(versions, max_requests=2, sessions_at_once=1) as asked:
        slow = endpoints.request(signature="slow", x=[500])

        def ask(_):
            try:
                return [*asked.Predict(slow).outputs["y"].float_val]
            except grpc.RpcError as error:
                return error.code()

        with futures.ThreadPoolExecutor(8) as pool:
            results = [*pool.map(ask, range(8))]
    assert results.count([1000.0]) >= 2
    unavailable = results.count(grpc.StatusCode.UNAVAILABLE)
    assert unavailable == 8 - results.count([1000.0]) > 0


def test_calls_that_never_finish_sending_hold_nobody_up(versions):
    ended = threading.Event()

    def nothing():
        ended.wait(60)
        yield b""

    with serving(versions, max_requests=8) as (port, _):
        target = f"127.0.0.1:{port}"
        with grpc.insecure_channel(target) as slow:
            method = slow.stream_unary("/tensorflow.serving.PredictionService/Predict")
            calls = [method.future(nothing()) for _ in range(40)]
            time.sleep(0.5)
            with grpc.insecure_channel(target) as channel:
                assert Stub(channel).Predict(endpoints.request(x=X), timeout=10)
            assert not any(call.done() for call in calls)
            ended.set()


def test_the_state_is_told_while_all_places_are_taken(versions):
    with serving(versions, max_requests=1) as (port, _):
        target = f"127.0.0.1:{port}"
        with grpc.insecure_channel(target) as channel:
            slow = endpoints.request(signature="slow", x=[1500])
            under_way = Stub(channel).Predict.future(slow)
            time.sleep(0.2)
            metadata = get_model_metadata_pb2.GetModelMetadataRequest(
                metadata_field=["signature_def"]
            )
            metadata.model_spec.name = "m"
            assert Stub(channel).GetModelMetadata(metadata, timeout=10)
            assert not under_way.done()
            assert under_way.result()


def test_tensors_that_claim_more_than_they_hold(versions):
    with stub(versions) as asked:
        request = endpoints.request(x=X)
        request.inputs["x"].tensor_shape.dim[0].size = 2**40
        code, details = refused(asked.Predict, request)
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert details.startswith("tensor parsing error: x")


def test_a_long_name_does_not_make_the_status_unreadable(versions):
    with stub(versions) as asked:
        code, details = refused(asked.Predict, endpoints.request(**{"ü" * 20_000: X}))
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert details.startswith("Signature input alias: x")


def test_requests_are_counted_but_not_by_names_that_no_model_has(versions):
    with serving(versions) as (port, served):
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            asked = Stub(channel)
            asked.Predict(endpoints.request(x=X))
            refused(asked.Predict, endpoints.request(z=X))
            refused(asked.Predict, endpoints.request("other", x=X))
        text = served.metrics.text()
    name = ":tensorflow:serving:request_count"
    assert f'{name}{{model_name="m",status="OK"}} 1' in text
    assert f'{name}{{model_name="m",status="INVALID_ARGUMENT"}} 1' in text
    assert "other" not in text


def test_what_fails_in_the_server_says_no_more_than_that(versions, caplog):
    words = "patient 7"

    def find(*_, **__):
        raise RuntimeError(words)

    with serving(versions) as (port, served):
        served.models.find = find
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            code, details = refused(Stub(channel).Predict, endpoints.request(x=X))
    assert (code, details) == (grpc.StatusCode.INTERNAL, "the server failed")
    assert "RuntimeError in a gRPC request" in caplog.text
    assert "patient 7" not in caplog.text


def test_a_port_that_is_taken(versions):
    with (
        serving(versions) as (port, served),
        pytest.raises(RuntimeError, match="Failed to bind"),
    ):
        GrpcServer(
            served.models,
            limits=served.limits,
            access=Access(),
            metrics=served.metrics,
            host="127.0.0.1",
            port=port,
        ).start()


def test_tls(versions, tmp_path):
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        + ["-keyout", str(key), "-out", str(chain)],
        check=True,
        capture_output=True,
    )
    certificate = Certificate(key=key.read_bytes(), chain=chain.read_bytes())
    with serving(versions, certificate=certificate) as (port, _):
        trusted = grpc.ssl_channel_credentials(chain.read_bytes())
        with grpc.secure_channel(f"localhost:{port}", trusted) as channel:
            assert Stub(channel).Predict(endpoints.request(x=X))
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            code, _ = refused(Stub(channel).Predict, endpoints.request(x=X))
            assert code is grpc.StatusCode.UNAVAILABLE


def test_bytes_that_are_no_message_are_internal_as_in_the_true_server(versions):
    method = "/tensorflow.serving.PredictionService/Predict"
    with (
        serving(versions) as (port, _),
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        code, details = refused(channel.unary_unary(method), b"\xff")
    assert code is grpc.StatusCode.INTERNAL
    assert details == "Exception deserializing request!"
