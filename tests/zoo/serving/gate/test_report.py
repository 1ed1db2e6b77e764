import dataclasses
from pathlib import Path

import pytest

from pipelines.errors import DataError
from zoo.serving.gate.refusal import Refusal
from zoo.serving.gate.report import GateReport, Run

FAULT = Refusal(
    problem="it is bent",
    cure="Straighten it",
    node="net/conv/Conv3D",
    layer="conv",
    signatures=("a", "b"),
)
RUN = Run(
    tensorflow="2.20.0",
    signatures={"a": 3, "b": 2},
    largest_differences={"a/y": 1e-7, "b/y": 2e-6},
)


def report(*refusals, **settings):
    return GateReport(directory=Path("root/liver/1"), refusals=refusals, **settings)


def test_what_passed():
    passed = report(runs=(RUN,), warnings=("careful",), not_run=("c", "d"))
    assert passed.passed
    passed.require_passed()
    assert str(passed).splitlines() == [
        "warning: careful",
        "TensorFlow 2.20.0, XLA off: answered a 3, b 2; differs by 2e-06 of the value "
        "at most (b/y)",
        "not asked, since it brings no warm-up requests and their inputs can't be "
        "made up: c, d",
    ]


def test_what_is_equal():
    equal = dataclasses.replace(RUN, largest_differences={"b/y": 0.0})
    line = "TensorFlow 2.20.0, XLA off: answered a 3, b 2; equal to the last bit"
    assert str(equal) == line


def test_what_did_not():
    refused = report(FAULT)
    assert not refused.passed
    told = "layer conv, node net/conv/Conv3D, signatures a, b: it is bent. Straighten"
    assert str(refused).startswith(f"refused: {told}")
    with pytest.raises(DataError, match=f"can't serve root/liver/1 .*:\n- {told}"):
        refused.require_passed()


def test_a_fault_of_the_model_as_a_whole():
    assert str(Refusal(problem="it is bent", cure="Burn it")) == "it is bent. Burn it"


def test_a_model_that_nothing_was_asked_of():
    silent = dataclasses.replace(RUN, signatures={}, largest_differences={})
    unasked = report(runs=(silent,), not_run=("c",))
    assert unasked.passed and not unasked.asked
    assert report(runs=(RUN,)).asked
    assert str(unasked).splitlines()[-1] == (
        "no signature was asked: that it loads is all that is known. Write requests "
        "to them into its assets.extra/tf_serving_warmup_requests"
    )
