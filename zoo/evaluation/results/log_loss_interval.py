"""What an interval of the log loss may say where no sample is misclassified.

A few large terms make most of a log loss, those of misclassified samples. Where
none was seen, no resample has one either, and the interval knows nothing of them.
"""

import dataclasses
import math

import numpy as np

from zoo.evaluation.metrics.intervals import Interval

NO_ERROR = "no sample is misclassified: no large term of the log loss was seen"


def as_far_as_seen(
    interval: Interval, labels: np.ndarray, probabilities: np.ndarray
) -> Interval:
    """The interval, called approximate where no sample is misclassified.

    There is none where its upper end is then above the loss of even guessing, ln K: a
    network that is right about everything it was shown is not shown to be worse than
    that, and the end only tells that too little was seen.

    Args:
        interval: of the mean log loss.
        labels: class index, int `[N]`.
        probabilities: `[N, K]`.
    """
    if interval.reason or (probabilities.argmax(axis=1) != labels).any():
        return interval
    if interval.high > math.log(probabilities.shape[1]):
        return Interval(
            method=interval.method, reason=NO_ERROR, undefined=interval.undefined
        )
    if interval.approximate:
        return interval
    return dataclasses.replace(interval, approximate=NO_ERROR)
