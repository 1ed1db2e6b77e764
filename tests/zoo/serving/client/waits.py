"""The waits of the client between its tries, noted instead of waited."""

import time
from types import SimpleNamespace

from zoo.serving.client import retries


def noted(monkeypatch):
    """A list that the seconds of each wait come into.

    The module's name for time is replaced, not time's own function: what other threads
    of the process sleep meanwhile (gRPC's do) is neither noted nor skipped.
    """
    waits = []
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=waits.append)
    monkeypatch.setattr(retries, "time", clock)
    return waits
