"""Answers held to what they should be."""

import numpy as np
import pytest

from zoo.serving.gate import comparison
from zoo.serving.gate.loading import Answer, Request

REQUEST = Request(signature="s", inputs={"x": np.zeros((2, 3))})
TWO = np.array([0.25, 0.5], np.float32)


def compared(found, wanted, tolerance=1e-5):
    """The refusals' problems and the largest difference of an output `y`."""
    refused, largest = comparison.differences(
        [REQUEST], [Answer(outputs={"y": found})], [{"y": wanted}], tolerance
    )
    return [refusal.problem for refusal in refused], largest.get("s/y")


def test_equal_numbers():
    assert compared(TWO, TWO) == ([], 0.0)


def test_numbers_within_the_tolerance():
    problems, largest = compared(TWO, TWO + np.float32(5e-6))
    assert problems == []
    assert largest == pytest.approx(5e-6, rel=0.1)


def test_numbers_beyond_it():
    (problem,), largest = compared(TWO, TWO + np.float32(1e-3))
    assert problem.startswith("its output y of a batch of 2 differs by 0.001")
    assert largest == pytest.approx(1e-3, rel=1e-3)


def test_large_numbers_are_held_relative_to_themselves():
    assert compared(np.float32([1e4]), np.float32([1e4 + 0.05]))[0] == []
    assert compared(np.float32([1e4]), np.float32([1e4 + 0.5]))[0] != []


def test_a_number_that_is_none():
    assert compared(np.float32([np.nan, 0.5]), TWO)[0] != []


def test_texts():
    found = np.array([b"benign", "m\u00e4\u00dfig".encode()], object)
    assert compared(found, np.array(["benign", "m\u00e4\u00dfig"])) == ([], 0.0)
    (problem,), _ = compared(found, np.array(["benign", "other"]))
    assert "is another in 1 of 2 places" in problem


def test_whole_numbers_are_equal():
    assert compared(np.array([0, 1]), np.array([0, 1]))[0] == []
    assert "1 of 2 places" in compared(np.array([0, 1]), np.array([1, 1]))[0][0]


def test_another_shape():
    assert "has the shape [2], not [2, 1]" in compared(TWO, TWO[:, np.newaxis])[0][0]


def test_outputs_that_nobody_expects_are_not_compared():
    assert comparison.differences(
        [REQUEST], [Answer(outputs={"y": TWO})], [{}], 1e-5
    ) == ([], {})


def test_an_error_is_refused_once_with_its_words():
    answers = [Answer(outputs={}, error="OpError: no such thing")] * 2
    (refusal,) = comparison.failures([REQUEST] * 2, answers, "TensorFlow 2.20")
    assert refusal.problem == "it fails in TensorFlow 2.20: OpError: no such thing"
    assert refusal.signatures == ("s",)


def test_an_output_that_lost_the_batch():
    answers = [Answer(outputs={"y": np.zeros((1, 3))})]
    (refusal,) = comparison.failures([REQUEST], answers, "x")
    assert "its output y is [1, 3] for a batch of 2" in refusal.problem
