"""A word from one thread to the others: end, and leave what you are at."""

from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait


class StoppedError(Exception):
    """What was under way is left, since the search ends."""

    def __init__(self):
        super().__init__("the search ends")


class Stop:
    """Given once; a thread that waits for a connection hears it at once."""

    def __init__(self):
        self._heard, self._given = Pipe(duplex=False)

    @property
    def is_given(self) -> bool:
        """Whether to end."""
        return self._heard.poll()

    def give(self) -> None:
        """Has those that look or wait end."""
        self._given.send_bytes(b"stop")  # nobody reads it: it is there for all

    def wait_for(self, connection: Connection, most_seconds: float | None) -> bool:
        """Whether a connection has something to read, or has ended, in time.

        Args:
            most_seconds: none = as long as it takes.

        Raises:
            StoppedError: meanwhile there was the word to end.
        """
        ready = wait([connection, self._heard], most_seconds)
        if self._heard in ready:
            raise StoppedError
        return bool(ready)
