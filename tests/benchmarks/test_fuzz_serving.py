"""A short run of `benchmarks/fuzz_serving.py`, and that its requests are the same."""

import json
import random

import pytest

_REQUESTS = 2000


def _rest():
    from fuzz_rest import RestRequests
    from fuzz_serving import MAX_BYTES, RECORDED

    cases = json.loads((RECORDED / "rest.json").read_text(encoding="utf-8"))
    return RestRequests(cases, max_bytes=MAX_BYTES)


def _grpc():
    from fuzz_grpc import GrpcRequests
    from fuzz_serving import MAX_BYTES, RECORDED

    cases = json.loads((RECORDED / "predict_grpc.json").read_text(encoding="utf-8"))
    return GrpcRequests(cases, max_bytes=MAX_BYTES)


@pytest.mark.parametrize("made", [_rest, _grpc])
def test_a_number_is_always_the_same_request(made):
    first = [made().make(random.Random(f"0/{n}")) for n in range(200)]
    again = [made().make(random.Random(f"0/{n}")) for n in range(200)]
    assert first == again


@pytest.mark.parametrize(
    ("content", "proper"), [(b"\xff", True), (b"", False)], ids=["unreadable", "empty"]
)
def test_internal_is_proper_where_bytes_are_no_message(content, proper):
    from fuzz_grpc import PREDICT, GrpcRequest, is_proper

    request = GrpcRequest(kind="bytes", method=PREDICT, content=content)
    assert is_proper(request, "INTERNAL", "Exception deserializing") is proper


@pytest.mark.parametrize(
    "message", ["XLA compilation disabled", "Expected prediction signature method_name"]
)
def test_internal_is_proper_where_the_true_server_says_so(message):
    from fuzz_grpc import PREDICT, GrpcRequest, is_proper

    request = GrpcRequest(kind="spec", method=PREDICT, content=b"")
    assert is_proper(request, "INTERNAL", f"{message} and more")


@pytest.mark.slow
def test_thousands_of_mutated_requests_leave_the_server_well(tmp_path):
    from fuzz_process import ServerProcess
    from fuzz_serving import MAX_BYTES, RECORDED, run

    numbers = range(1, _REQUESTS + 1)
    with ServerProcess(tmp_path, RECORDED, max_bytes=MAX_BYTES) as server:
        found = run(server, seed=1, numbers=numbers, threads=4)
        assert found["failures"] == [], server.log_tail()
