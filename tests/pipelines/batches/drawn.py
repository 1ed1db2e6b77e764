"""What batches of a stream hold, read back."""

import numpy as np

from tests.pipelines.records.small import seed_of


def numbers(batches):
    """Which samples, by their number."""
    return [seed_of(name) for batch in batches for name in batch["sample_id"]]


def assert_same(first, second):
    """The same batches, bit by bit."""
    for one, two in zip(first, second, strict=True):
        for key in one:
            np.testing.assert_array_equal(one[key], two[key])
