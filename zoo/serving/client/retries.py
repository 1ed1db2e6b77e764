"""Asking again, a little later each time, where an endpoint is busy."""

import itertools
import random
import time
from collections.abc import Callable
from typing import TypeVar

from zoo.serving.client.endpoint_error import EndpointError

TRIES = 6
_FIRST_WAIT_S = 0.5  # doubled from try to try: 15 s at most, all waits together
_SHORTEST_TRY_S = 0.05

Answer = TypeVar("Answer")


def retried(ask: Callable[[float], Answer], *, timeout_s: float) -> Answer:
    """What `ask` answers; on an error that may pass, what it answers later.

    The waits are drawn by chance between half and the whole of what they may be, so
    that clients which were refused together do not come back together. How long the
    server asks to wait is waited, if the time suffices.

    Args:
        ask: is given the seconds that are left.
        timeout_s: all tries and waits together.

    Raises:
        EndpointError: one that can't pass, or the last one.
    """
    end = time.monotonic() + timeout_s
    for number in itertools.count(1):
        try:
            return ask(max(end - time.monotonic(), _SHORTEST_TRY_S))
        except EndpointError as error:
            wait = _wait(number, error)
            in_time = time.monotonic() + wait + _SHORTEST_TRY_S < end
            if number == TRIES or not error.may_pass or not in_time:
                raise
        time.sleep(wait)


def _wait(number: int, error: EndpointError) -> float:
    longest = _FIRST_WAIT_S * 2 ** (number - 1)
    return (error.retry_after_s or 0.0) + random.uniform(longest / 2, longest)
