"""How a version answers requests that are alone, many, or late."""

import threading
import time
from concurrent import futures

import grpc
import numpy as np
import pytest

from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.status_error import StatusError

X = np.ones([1, 2], np.float32)
SLOW = {"x": np.float32([1500])}  # takes far more than the deadlines below


def loaded(versions, **limits):
    served = endpoints.Served(limits=Limits(**limits))
    return served.loader().load("m", 2, versions / "2")


def test_outputs_are_those_wanted(versions):
    servable = loaded(versions)
    assert {*servable.run("", {"x": X})} == {"y", "n"}
    assert {*servable.run("serving_default", {"x": X}, outputs=["n"])} == {"n"}


def test_an_output_twice(versions):
    with pytest.raises(StatusError, match="duplicate output tensor alias: y"):
        loaded(versions).run("", {"x": X}, outputs=["y", "y"])


def test_a_signature_that_no_request_may_call():
    loader = endpoints.Served().loader()
    servable = loader.load("multi", 1, endpoints.MODELS / "multi" / "1")
    with pytest.raises(StatusError, match="Expected prediction signature method_name"):
        servable.run("__saved_model_init_op", {})


@pytest.mark.parametrize("shape", [(1, 1, 1, 1, 1, 0), (1, 1, 1, 1)])
def test_an_array_of_other_dimensions_reaches_no_kernel(shape):
    loader = endpoints.Served().loader()
    servable = loader.load("multi", 1, endpoints.MODELS / "multi" / "1")
    message = f"volume.* has 5 dimensions. Received: {len(shape)}"
    with pytest.raises(StatusError, match=message):
        servable.run("", {"volume": np.ones(shape, np.float32)})


def test_a_vector_passes_for_a_matrix_as_in_the_true_server():
    loader = endpoints.Served().loader()
    path = endpoints.MODELS / "half_plus_two" / "00000123"
    answer = loader.load("half_plus_two", 123, path).run("", {"x": np.float32([2])})
    assert answer["y"].tolist() == [3]


def test_a_deadline_that_has_passed(versions):
    with pytest.raises(StatusError, match="Deadline Exceeded") as raised:
        loaded(versions).run("", {"x": X}, deadline=time.monotonic() - 1)
    assert raised.value.code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_the_servers_own_limit_ends_a_run(versions):
    servable = loaded(versions, request_timeout_s=0.2)
    began = time.monotonic()
    with pytest.raises(StatusError) as raised:
        servable.run("slow", SLOW)
    assert raised.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 5
    assert servable.run("", {"x": X})["y"].tolist() == [[2, 2]]


def test_more_requests_than_may_be_in_are_unavailable(versions):
    servable = loaded(versions, max_requests=2, sessions_at_once=1)
    start = threading.Barrier(6)

    def ask(_):
        start.wait()
        try:
            return servable.run("slow", {"x": np.float32([500])})["y"].tolist()
        except StatusError as error:
            return error.code

    with futures.ThreadPoolExecutor(6) as pool:
        results = [*pool.map(ask, range(6))]
    assert results.count([1000.0]) == 2
    assert results.count(grpc.StatusCode.UNAVAILABLE) == 4


def test_a_turn_that_does_not_come_in_time(versions):
    servable = loaded(versions, sessions_at_once=1)
    with futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(servable.run, "slow", {"x": np.float32([1000])})
        time.sleep(0.1)
        with pytest.raises(StatusError, match="Deadline Exceeded"):
            servable.run("", {"x": X}, deadline=time.monotonic() + 0.05)
        assert first.result()["y"].tolist() == [2000.0]


def test_a_directory_without_a_model(tmp_path):
    with pytest.raises(StatusError, match="SavedModel file does not exist") as raised:
        endpoints.Served().loader().load("m", 1, tmp_path)
    assert raised.value.code is grpc.StatusCode.NOT_FOUND
