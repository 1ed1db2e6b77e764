"""Both protocols against small servers of them: the same answers, the same causes."""

import contextlib
import dataclasses
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.zoo.serving.client import served
from tests.zoo.serving.client.connections import (
    LIVER,
    RECORDS,
    ask,
    connected,
    made_model,
    refused,
    serving,
)
from tests.zoo.serving.client.fake_servers import SERVERS, RefusedError
from zoo.serving.client.model_choice import ModelChoice


@pytest.fixture(params=SERVERS)
def protocol(request):
    return request.param


@pytest.fixture
def model():
    return made_model()


def test_tensors_arrive_as_they_are(protocol, model):
    inputs = {
        "x": np.array([[0.1, -1e38], [np.nan, 1e-38]], np.float32),
        "n": np.array([[1, 2**40]], np.int64),
    }
    with serving(protocol, model) as service:
        outputs = service.predict(
            LIVER, "repeat", inputs, outputs=("seen", "n", "text"), timeout_s=20
        )
    np.testing.assert_allclose(outputs["seen"], inputs["x"] * 2, rtol=1e-6)
    assert outputs["seen"].dtype == np.float32
    assert outputs["n"].tolist() == [[2, 2**40 + 1]]
    assert outputs["text"].tolist() == ["ä"]


def test_optional_outputs_come_where_the_signature_has_them(protocol, model):
    inputs = {"x": np.ones((1, 2), np.float32), "n": np.ones((1, 1), np.int64)}
    with serving(protocol, model) as service:
        outputs = service.predict(
            *(LIVER, "repeat", inputs),
            outputs=("seen",),
            optional=("text", "tasks"),
            timeout_s=20,
        )
    assert {*outputs} == {"seen", "text"}
    assert outputs["text"].tolist() == ["ä"]


def test_records_arrive_byte_by_byte(protocol, model):
    seen = []
    model.signatures["serve_examples"] = lambda inputs: (
        seen.append(inputs["examples"][0]) or served.answer()
    )
    with serving(protocol, model) as service:
        ask(service)
    assert seen == [b"\0record\xff"]


def test_a_signature_with_one_output(protocol, model):
    with serving(protocol, model) as service:
        outputs = service.predict(LIVER, "single", RECORDS, outputs=["y"], timeout_s=20)
    assert outputs["y"].tolist() == [[1.5]]


def test_the_chosen_version_answers(protocol, model):
    with serving(protocol, model) as service:
        choices = [LIVER]
        choices += [dataclasses.replace(LIVER, version=number) for number in (1, 2)]
        choices += [dataclasses.replace(LIVER, label="stable")]
        versions = [service.version_of(one, timeout_s=20) for one in choices]
        for one in choices:
            ask(service, one)
    assert versions == [version for version, _ in model.asked] == [2, 1, 2, 1]


def test_names_that_a_path_must_quote(protocol, model):
    model.name, model.labels = "a/b: ü?", {"x/y": 2}
    with serving(protocol, model) as service:
        choice = ModelChoice(name=model.name, label="x/y")
        assert service.version_of(choice, timeout_s=20) == 2
        assert ask(service, choice)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (ModelChoice(name="nosuch"), "unknown_model"),
        (ModelChoice(name="liver", version=7), "unknown_version"),
        (ModelChoice(name="liver", label="nosuch"), "unknown_label"),
    ],
)
def test_what_is_not_there(protocol, model, choice, code):
    with serving(protocol, model) as service:
        assert refused(service, choice=choice).code == code
        assert refused(service, signature="nosuch").code == "no_signature"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *[("UNAVAILABLE", "busy"), ("RESOURCE_EXHAUSTED", "busy")],
        *[("INTERNAL", "server_fault"), ("INVALID_ARGUMENT", "rejected")],
    ],
)
def test_what_the_server_refuses(protocol, model, status, code):
    model.refusals = [RefusedError(status, "its own words")]
    with serving(protocol, model) as service:
        error = refused(service)
        assert (error.code, error.private) == (code, "its own words")
        assert ask(service)


def test_a_token(protocol, model):
    model.token = "word"
    with SERVERS[protocol](model) as port:
        for token, code in ((None, "token_missing"), ("x", "token_refused")):
            with connected(protocol, port, token=token) as service:
                assert refused(service).code == code
        with connected(protocol, port, token="word") as service:
            assert ask(service)


def test_tls(protocol, model, certificates):
    pair = {"certificate": certificates.local, "key": certificates.local_key}
    with SERVERS[protocol](model, **pair) as port:
        ca_file = str(certificates.ca)
        with connected(protocol, port, tls=True, ca_file=ca_file) as service:
            assert ask(service)["probabilities"].shape == (1, 2)
        with connected(protocol, port, tls=True) as service:
            assert refused(service).code in ("unreachable", "unknown_ca")
        assert len(model.asked) == 1


def test_nothing_listens(protocol):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with connected(protocol, port) as service:
        error = refused(service)
    assert error.code in ("unreachable", "refused") and error.may_pass


def test_a_server_that_does_not_answer(protocol):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with connected(protocol, mute.getsockname()[1]) as service:
            begun = time.monotonic()
            assert refused(service, timeout_s=0.3).code == "deadline"
            assert time.monotonic() - begun < 3


def test_a_host_that_takes_no_connection(monkeypatch):
    monkeypatch.setattr("zoo.serving.client.rest_service._LONGEST_CONNECT_S", 0.3)
    with contextlib.ExitStack() as opened:
        deaf = opened.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):  # those fill its queue; whoever comes later is not heard
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        service = opened.enter_context(connected("http", deaf.getsockname()[1]))
        begun = time.monotonic()
        assert refused(service, timeout_s=60).code == "unreachable"
        assert time.monotonic() - begun < 10


def test_a_model_that_takes_too_long(protocol, model):
    free = threading.Event()
    model.signatures["serve_examples"] = lambda inputs: free.wait(20) and {}
    with serving(protocol, model) as service:
        assert refused(service, timeout_s=0.3).code == "deadline"
        free.set()


def test_closing_ends_what_waits(protocol, model):
    free, asked = threading.Event(), threading.Event()
    model.signatures["serve_examples"] = lambda inputs: (
        asked.set() or (free.wait(20) and served.answer())
    )
    with SERVERS[protocol](model) as port, connected(protocol, port) as service:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(refused, service)
            assert asked.wait(10)
            begun = time.monotonic()
            service.close()
            assert waiting.result().code == "stopped"
            assert time.monotonic() - begun < 5
        free.set()


def test_an_output_that_is_missing(protocol, model):
    model.signatures["serve_examples"] = lambda inputs: {
        "label": np.array(["ill"]),
        "class_names": np.array([["well", "ill"]]),
    }
    with serving(protocol, model) as service:
        assert refused(service).code == "bad_answer"


def test_proxies_of_the_environment_are_not_used(protocol, model, monkeypatch):
    for name in ("http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(protocol, model) as service:
        assert ask(service)


def test_each_protocol_on_the_port_of_the_other(model):
    with SERVERS["grpc"](model) as port, connected("http", port) as service:
        assert refused(service).code in ("other_protocol", "cut_off")
    with SERVERS["http"](model) as port, connected("grpc", port) as service:
        assert refused(service, timeout_s=5).code == "other_protocol"
