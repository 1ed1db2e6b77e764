"""Requests that run together, and what they may not do to each other."""

import threading
import time
from concurrent import futures

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint import batching
from zoo.serving.endpoint.batching import BatchingParameters
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.status_error import StatusError


def loaded(versions, limits=None, **parameters):
    served = endpoints.Served(
        batching=BatchingParameters(**parameters), limits=limits or Limits()
    )
    return served.loader().load("m", 2, versions / "2")


def together(servable, requests, signature=""):
    """Sends requests at once; their results, or what they raised, in order."""
    start = threading.Barrier(len(requests))

    def one(x):
        start.wait()
        return servable.run(signature, {"x": np.asarray(x, np.float32)})

    with futures.ThreadPoolExecutor(len(requests)) as pool:
        tasks = [pool.submit(one, x) for x in requests]
    return [task.exception() or task.result() for task in tasks]


def test_requests_run_together_and_each_gets_its_rows(versions):
    servable = loaded(versions, max_batch_size=6, batch_timeout_micros=5_000_000)
    requests = [np.full([rows, 2], rows, np.float32) for rows in (1, 2, 3)]
    for x, result in zip(requests, together(servable, requests)):
        np.testing.assert_array_equal(result["y"], 2 * x)
        assert result["n"].tolist() == [6] * len(x)


def test_a_batch_that_is_not_full_runs_after_the_timeout(versions):
    servable = loaded(versions, max_batch_size=100, batch_timeout_micros=300_000)
    began = time.monotonic()
    (result,) = together(servable, [[[1, 1]]])
    assert 0.3 <= time.monotonic() - began < 5
    assert result["n"].tolist() == [1]


def test_batches_are_padded_to_the_allowed_sizes(versions):
    servable = loaded(
        versions,
        max_batch_size=8,
        allowed_batch_sizes=(4, 8),
        batch_timeout_micros=300_000,
    )
    for rows, padded in ((1, 4), (4, 4), (5, 8)):
        (result,) = together(servable, [np.ones([rows, 2])])
        assert result["n"].tolist() == [padded] * rows


def test_a_bad_request_does_not_spoil_the_others(versions):
    servable = loaded(versions, max_batch_size=3, batch_timeout_micros=5_000_000)
    one, bad, two = together(servable, [[[1, 1]], [[np.nan, 1]], [[2, 2]]])
    assert one["y"].tolist() == [[2, 2]]
    assert two["y"].tolist() == [[4, 4]]
    assert isinstance(bad, StatusError) and "not finite" in bad.message


def test_other_shapes_and_signatures_do_not_join(versions):
    servable = loaded(versions, max_batch_size=2, batch_timeout_micros=200_000)
    right, wrong = together(servable, [[[1, 1]], [[1, 1, 1]]])
    assert right["n"].tolist() == wrong["n"].tolist() == [1]
    (result,) = together(servable, [[1]], "slow")
    assert result["y"].tolist() == [2]


def test_a_request_larger_than_a_batch(versions):
    servable = loaded(versions, max_batch_size=2)
    with pytest.raises(StatusError, match="Task size 3 is larger than maximum input"):
        servable.run("", {"x": np.ones([3, 2], np.float32)})


def test_a_full_queue_is_unavailable(versions):
    servable = loaded(
        versions,
        Limits(sessions_at_once=1),
        max_batch_size=1,
        max_enqueued_batches=1,
    )
    results = together(servable, [[400]] * 8, "slow")
    refused = [one for one in results if isinstance(one, StatusError)]
    assert refused and len(refused) < 8
    assert {one.code.name for one in refused} == {"UNAVAILABLE"}
    assert {one.message for one in refused} == {
        "The batch scheduling queue to which this task was submitted is full"
    }


def test_signatures_without_rows_run_by_themselves():
    served = endpoints.Served(batching=BatchingParameters(max_batch_size=1))
    servable = served.loader().load("multi", 1, endpoints.MODELS / "multi" / "1")
    x = np.float32([1, 2, 4])  # more than max_batch_size, but `s` has no rows
    assert servable.run("scal", {"x": x})["y"].shape == (3,)
    unequal = {"a": np.ones([2, 3], np.float32), "b": np.ones([1, 3], np.int32)}
    assert servable.run("two", unequal)["sum"].shape == (2, 3)


def test_a_request_whose_time_is_over_does_not_run(versions):
    servable = loaded(versions, max_batch_size=8, batch_timeout_micros=100_000)
    with pytest.raises(StatusError, match="Deadline Exceeded"):
        servable.run(
            "", {"x": np.ones([1, 2], np.float32)}, deadline=time.monotonic() + 0.01
        )


def read(tmp_path, text):
    file = tmp_path / "batching.config"
    file.write_text(text, encoding="utf-8")
    return batching.read(file)


def test_parameters_of_a_file(tmp_path):
    text = (
        "max_batch_size { value: 8 } batch_timeout_micros { value: 0 } "
        "num_batch_threads { value: 3 } allowed_batch_sizes: 2 allowed_batch_sizes: 8"
    )
    assert read(tmp_path, text) == BatchingParameters(
        max_batch_size=8, num_batch_threads=3, allowed_batch_sizes=(2, 8)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_batch_size { value: 0 }", "wants sizes of 1 or more"),
        ("num_batch_threads { value: 0 }", "wants 1 or more threads"),
        ("batch_timeout_micros { value: -1 }", "wants a timeout of 0 or more"),
        ("allowed_batch_sizes: 8", "must increase up to max_batch_size"),
        (
            "max_batch_size { value: 2 } allowed_batch_sizes: [2, 2]",
            "must increase up to max_batch_size",
        ),
        ("pad_variable_length_inputs: true", "has no pad_variable_length_inputs"),
    ],
)
def test_parameters_that_contradict_each_other(text, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)
