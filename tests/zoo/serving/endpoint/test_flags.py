"""The command line of the endpoint."""

import pytest

from pipelines.errors import UsageError
from zoo.serving.endpoint.flags import parse

MODEL = "--model_base_path=/m"


def test_the_defaults_are_the_true_servers():
    flags = parse([MODEL])
    assert (flags.port, flags.rest_api_port) == (8500, None)
    assert flags.rest_api_timeout_in_ms == 30_000
    assert flags.file_system_poll_wait_seconds == 1
    assert flags.model_config_file_poll_wait_seconds == 0
    assert flags.model_name == "default"
    assert flags.enable_model_warmup and not flags.enable_batching
    assert flags.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("flag", "on"),
    [("", True), ("=true", True), ("=1", True), ("=false", False), ("=0", False)],
)
def test_a_switch_is_written_in_any_of_the_true_servers_ways(flag, on):
    assert parse([f"--enable_batching{flag}", MODEL]).enable_batching is on


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ([], "give --model_config_file or --model_base_path"),
        ([MODEL, "--model_config_file=x"], "not both"),
        ([MODEL, "--num_load_threads=3"], "has no --num_load_threads=3"),
        ([MODEL, "--enable_batch"], "has no --enable_batch"),
        ([MODEL, "--enable_batching=maybe"], "wants true or false. Received: maybe"),
        ([MODEL, "--port=x"], "invalid int value"),
        ([MODEL, "--port=70000"], "--port must be a port. Received: 70000"),
        ([MODEL, "--rest_api_port=-1"], "--rest_api_port must be a port. Received: -1"),
        ([MODEL, "--ssl_key=x"], "go together"),
        ([MODEL, "--batching_parameters_file=x"], "wants --enable_batching"),
        ([MODEL, "--file_system_poll_wait_seconds=-1"], "must be 0 or more"),
        ([MODEL, "--grpc_max_threads=0"], "--grpc_max_threads must be 1 or more"),
        (["--model_config_file=/gone"], "must name a file. Received: /gone"),
    ],
)
def test_what_is_wrong_is_said(flags, message):
    with pytest.raises(UsageError, match=message):
        parse(flags)
