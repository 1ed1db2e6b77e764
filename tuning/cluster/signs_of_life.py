"""A worker's signs of life to its chief, while a block runs."""

import contextlib
import threading
from typing import Self

import grpc

from tuning.cluster.chief_client import ChiefClient

_SIGNS = 6  # in the time after which a worker counts as silent


class SignsOfLife:
    """Gives one after the other from a thread of its own, and says goodbye at the end.

    Args:
        client: of the worker.
        silent_seconds: after which the chief takes a silent worker for gone.
    """

    def __init__(self, client: ChiefClient, silent_seconds: float):
        self._client = client
        self._interval = silent_seconds / _SIGNS
        self._end = threading.Event()

    def __enter__(self) -> Self:
        self._client.connect()
        self._end.clear()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *of: object) -> None:
        self._end.set()
        self._thread.join()
        self._client.leave()

    def _go_on(self) -> None:
        while not self._end.wait(self._interval):
            with contextlib.suppress(grpc.RpcError):  # the search itself waits for it
                self._client.alive()
