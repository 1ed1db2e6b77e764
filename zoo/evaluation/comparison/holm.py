"""Several tests at once."""

from collections.abc import Sequence

import numpy as np


def adjusted(values: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p of each (Scandinavian Journal of Statistics 6, 1979).

    Those below alpha are found with a chance of at most alpha that any of them is
    wrong, however the tests depend on each other.

    Args:
        values: p of each test; none = there was none, which counts for nothing.

    >>> adjusted([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    tests = [number for number, p in enumerate(values) if p is not None]
    order = sorted(tests, key=lambda number: values[number])
    steps = [(len(order) - i) * values[n] for i, n in enumerate(order)]
    results: list[float | None] = [None] * len(values)
    for number, p in zip(order, np.maximum.accumulate(steps).tolist()):
        results[number] = min(1.0, p)
    return results
