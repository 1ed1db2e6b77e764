"""Time, and the wish to end: what a watcher waits by."""

import signal
import time
import types

from pipelines.command import TerminatedError

_SLICE_S = 0.2  # in which a signal that came while waiting is noticed


class StopAskedError(Exception):
    """The watcher is to end, and waits for something that is not there."""


class Clock:
    """The time of this machine; a signal asks whoever waits by it to stop.

    Args:
        stop_asked: whether it did.
    """

    def __init__(self):
        self.stop_asked = False

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def pause(self, seconds: float) -> None:
        """Waits, and no longer when it is asked to stop."""
        end = self.now() + seconds
        while not self.stop_asked and (left := end - self.now()) > 0:
            time.sleep(min(left, _SLICE_S))

    def stop_on_signals(self) -> None:
        """Has Ctrl-C and SIGTERM ask to stop; a second one ends the process at once.

        Called in the main thread.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: types.FrameType | None) -> None:
        if self.stop_asked:
            raise TerminatedError if number == signal.SIGTERM else KeyboardInterrupt
        self.stop_asked = True
