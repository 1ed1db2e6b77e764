"""Which workers of a chief are there: who gave a sign of life not too long ago."""

import threading
import time
from collections.abc import Callable

_LOOKS = 6  # in the time after which a worker counts as silent


class Presence:
    """The workers, by the chief's own clock.

    Args:
        silent_seconds: after which a worker that gives no sign counts as gone.
        clock: seconds that only rise.
    """

    def __init__(
        self, silent_seconds: float, *, clock: Callable[[], float] = time.monotonic
    ):
        self.interval = silent_seconds / _LOOKS
        self._silent_seconds = silent_seconds
        self._clock = clock
        self._looked = clock()
        self._silence: dict[str, float] = {}  # seconds since the last sign, by name
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """Of those that are there."""
        with self._lock:
            return sorted(self._silence)

    def heard(self, name: str) -> None:
        """Notes a sign of life."""
        with self._lock:
            self._silence[name] = 0.0

    def left(self, name: str) -> None:
        """Notes that a worker has said goodbye."""
        with self._lock:
            self._silence.pop(name, None)

    def gone(self) -> list[str]:
        """Names of those that are silent for too long by now, and forgets them.

        Time in which nobody looked counts for two looks at most: while this machine
        was suspended no sign could arrive.
        """
        with self._lock:
            now = self._clock()
            gone_by = min(now - self._looked, 2 * self.interval)
            self._looked = now
            for name in self._silence:
                self._silence[name] += gone_by
            silent = [
                name
                for name, seconds in self._silence.items()
                if seconds >= self._silent_seconds
            ]
            for name in silent:
                del self._silence[name]
            return silent
