"""zoo.serve with the embedded endpoint, alone and behind the shipped proxy."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import grpc
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from tests.zoo.serving.templates import backends, health, proxy
from zoo.serving.model_root import promotion, registration

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "tests/fixtures/tfserving/models/half_plus_two_tf2/00000123"
BEARER = (("authorization", f"Bearer {proxy.TOKEN}"),)
PATH = "/v1/models/half"
METRICS = "/monitoring/prometheus/metrics"
MIB = 2**20


@contextlib.contextmanager
def serving(root, ports, *options):
    """The process of zoo.serve, once it answers; asked to end in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "zoo.serve", "--root", str(root), "--with", "embedded"]
        + [f"--port={ports[0]}", f"--rest-port={ports[1]}", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        for line in process.stdout:
            if line.startswith("Exporting HTTP/REST API"):
                break
        assert process.poll() is None
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A model root with two versions of one model."""
    root = tmp_path_factory.mktemp("served") / "saved_models"
    for version in (1, 2):
        shutil.copytree(MODEL, root / "half" / str(version))
        registration.register(root, "half", version)
    return root


@pytest.fixture(scope="module")
def ports(root):
    """Ports of gRPC and REST of an endpoint that serves it."""
    ports = proxy.free_port(), proxy.free_port()
    with serving(root, ports):
        yield ports


@pytest.fixture(scope="module")
def site(ports, tmp_path_factory):
    """The proxy before that endpoint."""
    if not (proxy.program("nginx") and proxy.program("openssl")):
        pytest.skip("needs nginx and openssl (apt-get install nginx-light openssl)")
    at = tmp_path_factory.mktemp("proxy")
    with proxy.running(at, grpc_port=ports[0], rest_port=ports[1]) as site:
        yield site


@pytest.fixture
def opened(site):
    trusted = grpc.ssl_channel_credentials(site.certificate)
    options = [*backends.SIZES, ("grpc.enable_retries", 0)]
    with grpc.secure_channel(site.address, trusted, options=options) as channel:
        yield channel


def request(value=2.0, *, label=""):
    """Asks for half of a number, and two."""
    asked = predict_pb2.PredictRequest()
    asked.model_spec.name = "half"
    if label:
        asked.model_spec.version_label = label
    asked.inputs["x"].CopyFrom(tf.make_tensor_proto([[value]], tf.float32))
    return asked


def predict(channel, asked, metadata=BEARER):
    """What is answered: a number and the version, or the status and its words."""
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    try:
        answer = stub.Predict(asked, metadata=metadata, timeout=30)
    except grpc.RpcError as error:
        return error.code().name, error.details()
    return answer.outputs["y"].float_val[0], answer.model_spec.version.value


def rest(connection, path=PATH, *, body=None, headers=BEARER):
    """Status and body of an answer."""
    named = {name.title(): value for name, value in headers}
    connection.request("GET" if body is None else "POST", path, body, named)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def plain(ports):
    return http.client.HTTPConnection("127.0.0.1", ports[1], timeout=30)


def secure(site):
    trusted = ssl.create_default_context(cadata=site.certificate.decode())
    return http.client.HTTPSConnection(site.address, context=trusted, timeout=30)


def test_both_protocols_answer_through_the_proxy(site, opened):
    assert predict(opened, request()) == (3.0, 2)
    assert predict(opened, request(label="stable")) == (3.0, 1)
    body = json.dumps({"instances": [[4.0]]})
    status, content = rest(secure(site), f"{PATH}/labels/stable:predict", body=body)
    assert (status, json.loads(content)) == (200, {"predictions": [[4.0]]})


def test_the_state_of_a_model_through_the_proxy(site, opened):
    asked = get_model_status_pb2.GetModelStatusRequest()
    asked.model_spec.name = "half"
    stub = model_service_pb2_grpc.ModelServiceStub(opened)
    answer = stub.GetModelStatus(asked, metadata=BEARER, timeout=30)
    states = {one.version: one.state for one in answer.model_version_status}
    assert states == {1: 30, 2: 30}  # AVAILABLE
    assert rest(secure(site))[0] == 200


def test_nobody_is_answered_without_the_token(site, opened):
    wrong = (("authorization", "Bearer wrong"),)
    for shown in ((), wrong):
        assert predict(opened, request(), shown)[0] == "UNAUTHENTICATED"
        assert rest(secure(site), headers=shown)[0] == 401


def test_a_request_that_is_too_large(site, opened):
    asked = request()
    asked.inputs["x"].tensor_content = bytes(65 * MIB)
    assert predict(opened, asked)[0] == "RESOURCE_EXHAUSTED"
    assert rest(secure(site), f"{PATH}:predict", body=bytes(65 * MIB))[0] == 413


def test_what_the_endpoint_refuses_is_told(site, opened):
    asked = request()
    asked.model_spec.version_label = "nosuch"
    code, words = predict(opened, asked)
    assert (code, words) == (
        "INVALID_ARGUMENT",
        "Unrecognized servable version label: nosuch",
    )
    assert rest(secure(site), f"{PATH}:predict", body="{")[0] == 400


def test_metrics_are_not_public(site, ports):
    assert rest(secure(site), METRICS)[0] == 404
    status, page = rest(plain(ports), METRICS)
    assert status == 200
    assert b"tensorflow" in page


def test_the_configuration_is_not_changed_from_outside(opened):
    stub = model_service_pb2_grpc.ModelServiceStub(opened)
    asked = model_management_pb2.ReloadConfigRequest()
    with pytest.raises(grpc.RpcError) as refused:
        stub.HandleReloadConfigRequest(asked, metadata=BEARER, timeout=30)
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_more_requests_than_the_rate_allows(opened, site):
    answers = [predict(opened, request()) for _ in range(400)]
    assert {*answers} == {
        (3.0, 2),
        ("UNAVAILABLE", "too many requests: try again later"),
    }
    statuses = {rest(secure(site))[0] for _ in range(20)}
    assert 429 in statuses


def test_the_health_check_of_compose_is_content_with_it(ports):
    assert health.check(ports[1], "half") == 0
    assert health.check(ports[1], "nosuch") == 1


@pytest.mark.slow
def test_no_request_fails_while_stable_moves_and_goes_back(root, ports):
    """The server follows zoo.promote, also to a version that is not loaded yet."""
    shutil.copytree(MODEL, root / "half" / "3")
    seen, wrong, ended = [], [], threading.Event()

    def ask():
        with grpc.insecure_channel(f"127.0.0.1:{ports[0]}") as channel:
            while not ended.is_set():
                value, version = predict(channel, request(label="stable"))
                if value == 3.0:
                    seen.append(version)
                else:
                    wrong.append((value, version))

    def wait_for(version):
        end = time.monotonic() + 60
        seen.clear()
        while version not in seen:
            assert time.monotonic() < end
            time.sleep(0.05)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        wait_for(1)
        promotion.promote(root, "half", 3, "stable")
        wait_for(3)
        promotion.rollback(root, "half")
        wait_for(1)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not wrong


def test_a_token_of_its_own_and_its_end(root, tmp_path):
    (tmp_path / "token").write_text(proxy.TOKEN, encoding="utf-8")
    ports = proxy.free_port(), proxy.free_port()
    options = ("--host=0.0.0.0", f"--token-file={tmp_path / 'token'}")
    with serving(root, ports, *options) as process:
        assert rest(plain(ports), headers=())[0] == 401
        assert rest(plain(ports))[0] == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
