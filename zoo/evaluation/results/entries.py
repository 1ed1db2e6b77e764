"""A metric and its intervals as they stand in metrics.json."""

import math

from zoo.evaluation.metrics.intervals import Interval
from zoo.evaluation.metrics.measure import Measure


def entry_of(measure: Measure, interval: Interval) -> dict:
    """A metric: its value and interval, or why there is none."""
    if math.isnan(measure.value):
        return {"value": None, "reason": measure.reason, "intervals": {}}
    return {
        "value": measure.value,
        "intervals": {interval.method: interval_fields(interval)},
    }


def interval_fields(interval: Interval) -> dict:
    """An interval: null ends come with the reason."""
    if interval.reason:
        return {"low": None, "high": None, "reason": interval.reason}
    fields = {"low": interval.low, "high": interval.high}
    if interval.undefined:
        fields["undefined_resamples"] = interval.undefined
    if interval.approximate:
        fields["approximate"] = interval.approximate
    if interval.one_sided:
        fields["one_sided"] = True
    return fields
