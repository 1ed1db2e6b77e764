"""How many requests are in the server, and how many of them compute."""

import contextlib
import threading
import time
from collections.abc import Iterator

import grpc

from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.status_error import StatusError


def deadline_exceeded() -> StatusError:
    """What a request gets whose time is over."""
    return StatusError(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")


def too_many(most: int) -> StatusError:
    """What a request gets that may not even wait."""
    return StatusError(
        grpc.StatusCode.UNAVAILABLE,
        f"{most} requests are running or waiting. Ask again later",
    )


class Admission:
    """The bounded queue before the sessions of all models; safe from any thread."""

    def __init__(self, limits: Limits):
        self._most = limits.max_requests
        self._requests = threading.BoundedSemaphore(limits.max_requests)
        self._sessions = threading.BoundedSemaphore(limits.sessions_at_once)

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """A request's stay, waiting included.

        Raises:
            StatusError: UNAVAILABLE, at once: as many as may be are in.
        """
        if not self._requests.acquire(blocking=False):
            raise too_many(self._most)
        try:
            yield
        finally:
            self._requests.release()

    @contextlib.contextmanager
    def session(self, deadline: float) -> Iterator[None]:
        """A run of a session, for which the caller waits its turn.

        Args:
            deadline: by `time.monotonic()`.

        Raises:
            StatusError: DEADLINE_EXCEEDED: the turn did not come in time.
        """
        left = deadline - time.monotonic()
        if left <= 0 or not self._sessions.acquire(timeout=left):
            raise deadline_exceeded()
        try:
            yield
        finally:
            self._sessions.release()
