"""The watcher's log: a line an event, without anything of a patient."""

import sys
from typing import TextIO

from zoo.watching.clock import Clock
from zoo.watching.history import utc


class EventLog:
    """Writes lines such as `2031-05-09T07:30:00Z answered study=p0f3a number=7`.

    Args:
        clock: that dates them.
        stream: none = standard error.
    """

    def __init__(self, clock: Clock, stream: TextIO | None = None):
        self._clock, self._stream = clock, stream

    def write(self, event: str, **values: object) -> None:
        """Writes a line: pseudonyms, numbers and words of ours.

        Args:
            event: one word.
            values: a text with blanks is put in quotes.
        """
        words = [utc(self._clock.wall()), event]
        words += [f"{name}={_quoted(value)}" for name, value in values.items()]
        print(*words, file=self._stream or sys.stderr, flush=True)


def _quoted(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    text = str(value)
    return f'"{text}"' if " " in text else text
