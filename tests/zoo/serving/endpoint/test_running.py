"""The server as a process: from its first line to its exit code."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent import futures

import grpc
import pytest

from pipelines.errors import DataError
from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint.main import main

X = [[1.0, 1.0]]


@pytest.fixture
def site(tmp_path, versions):
    """A model root with version 1, and the flags that serve it."""
    base, file = tmp_path / "m", tmp_path / "models.config"
    shutil.copytree(versions / "1", base / "1")
    endpoints.config(file, base, versions=(1,), labels={"stable": 1})
    flags = (
        f"--model_config_file={file}",
        "--model_config_file_poll_wait_seconds=1",
        "--enable_batching=true",
    )
    return base, file, flags


def factor(stub, **which):
    """The number that the version which answers multiplies by."""
    response = stub.Predict(endpoints.request(x=X, **which), timeout=20)
    assert response.outputs["y"].float_val[0] == response.model_spec.version.value
    return response.model_spec.version.value


def wait(condition, seconds=30):
    latest = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < latest, "it did not come about in time"
        time.sleep(0.05)


@pytest.mark.slow
def test_no_request_fails_while_versions_change(site, versions):
    base, file, flags = site
    shutil.copytree(versions / "2", base / "2")
    with endpoints.started(*flags) as server:
        ended, seen = threading.Event(), []

        def ask():
            stub = server.stub()
            while not ended.is_set():
                seen.append((factor(stub), factor(stub, label="stable")))

        with futures.ThreadPoolExecutor(8) as pool:
            asking = [pool.submit(ask) for _ in range(8)]
            for version in (2, 1):
                wait(lambda: len(seen) > 100)
                endpoints.config(
                    file, base, versions=(version,), labels={"stable": version}
                )
                good = {version: ("AVAILABLE", 0), 3 - version: ("END", 0)}
                wait(lambda good=good: server.states() == good)
                seen.clear()
            wait(lambda: len(seen) > 100)
            ended.set()
            for task in asking:
                task.result()  # raises what a request raised
        assert {*seen[-50:]} == {(1, 1)}


def test_a_broken_version_does_not_replace_a_good_one(site):
    base, file, flags = site
    endpoints.broken(base / "2")
    with endpoints.started(*flags) as server:
        endpoints.config(file, base, versions=(2,), labels={"stable": 2})
        wait(lambda: 2 in server.states())
        wait(lambda: server.states()[2][0] == "END")
        states = server.states()
        assert states[1] == ("AVAILABLE", 0)
        assert states[2][1] != 0
        assert factor(server.stub(), label="stable") == 1


def test_sigterm_lets_requests_end_and_takes_no_more(site):
    with endpoints.started(*site[-1]) as server:
        stub = server.stub()
        slow = endpoints.request(signature="slow", x=[2000])
        under_way = stub.Predict.future(slow, timeout=60)
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert not under_way.done()
        with pytest.raises(grpc.RpcError) as raised:
            factor(stub)
        assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
        assert [*under_way.result().outputs["y"].float_val] == [2000.0]
        assert server.process.wait(60) == 0


@pytest.mark.slow
def test_after_sigkill_the_same_versions_answer(site):
    states = []
    for _ in range(2):
        with endpoints.started(*site[-1]) as server:
            states.append((server.states(), factor(server.stub())))
            assert server.end(signal.SIGKILL) == -signal.SIGKILL
    assert states[0] == states[1] == ({1: ("AVAILABLE", 0)}, 1)


def test_it_says_what_it_is_for_and_where_its_metrics_are(site, tmp_path):
    monitoring = tmp_path / "monitoring.config"
    monitoring.write_text("prometheus_config { enable: true }", encoding="utf-8")
    flags = (*site[-1], f"--monitoring_config_file={monitoring}")
    with endpoints.started(*flags) as server:
        assert "for development and small sites" in "".join(server.lines)
        factor(server.stub())
        url = f"http://{server.rest}/monitoring/prometheus/metrics"
        with urllib.request.urlopen(url, timeout=10) as response:
            text = response.read().decode()
        assert ':request_count{model_name="m",status="OK"} 1' in text
        assert server.end() == 0


def test_wrong_usage_ends_with_2_before_tensorflow_loads(tmp_path):
    code = (
        "import sys; from pipelines import command; "
        "from zoo.serving.endpoint import main; "
        "code = command.run(main.main); "
        "sys.exit(code if 'tensorflow' not in sys.modules else 99)"
    )
    flags = (f"--model_base_path={tmp_path}", "--host=0.0.0.0")
    done = subprocess.run([sys.executable, "-c", code, *flags], capture_output=True)
    assert done.returncode == 2
    assert b"--token_file must name a file" in done.stderr


def test_without_any_model_it_does_not_start(tmp_path):
    endpoints.broken(tmp_path / "1")
    with pytest.raises(DataError, match=r"no model can be served. default 1: .*saved"):
        main([f"--model_base_path={tmp_path}", "--port=0"])


def test_a_configuration_that_can_not_be_read_does_not_start(tmp_path):
    file = tmp_path / "models.config"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="no readable ModelServerConfig"):
        main([f"--model_config_file={file}"])


@pytest.mark.parametrize("flag", ["--port", "--rest_api_port"])
def test_a_port_that_is_taken(flag, site):
    free = {"--port": "--rest_api_port", "--rest_api_port": "--port"}[flag]
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DataError, match=r"at 127.0.0.1 failed"):
            main([site[-1][0], f"{flag}={port}", f"{free}=0"])
