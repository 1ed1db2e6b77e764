"""Waiting for what may come back: an endpoint that is down, a table being edited."""

import math
import random

from pipelines.errors import DataError
from zoo.watching.clock import Clock, StopAskedError
from zoo.watching.event_log import EventLog

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_ONCE_S = 600.0


class Patience:
    """Waits a little longer each time, until it is told that all is well again.

    Args:
        clock: that is waited by.
        log: is told what is waited for.
        once: the whole wait has an end, since whoever called waits too.
    """

    def __init__(self, clock: Clock, log: EventLog, *, once: bool = False):
        self._clock, self._log = clock, log
        self._most_s = _ONCE_S if once else math.inf
        self._waits, self._waited_s = 0, 0.0

    def wait(self, cause: str) -> None:
        """Waits for what `cause` names, between half and the whole of what it may.

        Raises:
            StopAskedError: the watcher is to end.
            DataError: it was waited for long enough.
        """
        if self._waited_s >= self._most_s:
            raise DataError(
                f"waited {_ONCE_S:.0f} s for what did not come back: {cause}. The next "
                "call goes on with the studies that are left"
            )
        longest = min(_FIRST_WAIT_S * 2.0**self._waits, _LONGEST_WAIT_S)
        seconds = random.uniform(longest / 2, longest)
        self._log.write("waiting", cause=cause, seconds=seconds)
        if not self._clock.stop_asked:
            self._clock.pause(seconds)
        if self._clock.stop_asked:
            raise StopAskedError
        self._waits, self._waited_s = min(self._waits + 1, 16), self._waited_s + seconds

    def over(self) -> None:
        """Begins with the shortest wait again."""
        if self._waits:
            self._log.write("going_on")
        self._waits, self._waited_s = 0, 0.0
