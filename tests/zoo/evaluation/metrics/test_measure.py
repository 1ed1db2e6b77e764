import math

import pytest

from zoo.evaluation.metrics.measure import Measure, measured, undefined


def test_a_value_without_reason_and_a_reason_without_need():
    with pytest.raises(ValueError, match="undefined value.*wants a reason"):
        Measure(value=math.nan)
    with pytest.raises(ValueError, match="undefined value.*wants a reason"):
        Measure(value=1.0, reason="why not")


def test_the_reason_stands_where_the_value_is_missing():
    found = measured({"a": 0.5, "b": math.nan}, {"a": "no a", "b": "no b"})
    assert (found["a"].value, found["a"].reason) == (0.5, "")
    assert math.isnan(found["b"].value) and found["b"].reason == "no b"


def test_every_metric_undefined_for_one_reason():
    found = undefined(("a", "b"), "nothing there")
    assert [entry.reason for entry in found.values()] == ["nothing there"] * 2
