"""Which workers of a sweep are alive: each writes a number that rises.

OUT/workers/<name>.json is written by its worker alone. Clocks of different machines
are never compared: a worker is silent when its number has stood still for so long by
the clock of the one who looks.
"""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from pipelines.storage import atomic_files
from zoo.runs import json_objects

FOLDER = "workers"
_BEATS = 6  # in the time after which a worker counts as silent


class Heartbeat:
    """A worker's own sign of life, and its view of the others', while the block runs.

    Args:
        sweep: the sweep's directory.
        silent_seconds: after which a worker that gives no sign counts as gone.
        clock: seconds that only rise.
    """

    def __init__(
        self,
        sweep: Path,
        silent_seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.name = uuid.uuid4().hex[:12]
        self._folder = sweep / FOLDER
        self._silent_seconds = silent_seconds
        self._interval = silent_seconds / _BEATS
        self._clock = clock
        self._beats = 0
        self._seen: dict[str, tuple[str, float]] = {}  # sign, seconds it stood still
        self._looked: float | None = None
        self._looking = threading.Lock()
        self._end = threading.Event()

    def __enter__(self) -> "Heartbeat":
        self._end.clear()
        self.beat()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *of: object) -> None:
        self._end.set()
        self._thread.join()
        self._path(self.name).unlink(missing_ok=True)

    def beat(self) -> None:
        """Gives a sign of life, and looks at the others'."""
        self._folder.mkdir(exist_ok=True)
        self._beats += 1
        text = json_objects.text({"beat": self._beats})
        atomic_files.write_text(self._path(self.name), text)
        self.look()

    def look(self) -> None:
        """Notes how long each of the others has stood still.

        Time in which this worker itself did not look counts for two beats at most:
        where a machine was suspended, all of its workers were.
        """
        with self._looking:
            now = self._clock()
            gone_by = 0.0 if self._looked is None else now - self._looked
            self._looked = now
            for name in [path.stem for path in self._folder.glob("[!.]*.json")]:
                self._seen.setdefault(name, ("", 0.0))
            for name, (sign, stood) in self._seen.items():
                if (current := self._sign(name)) != sign:
                    self._seen[name] = (current, 0.0)
                else:
                    stood += min(gone_by, 2 * self._interval)
                    self._seen[name] = (sign, stood)

    def is_silent(self, name: str) -> bool:
        """Whether another worker has given no sign for too long, or has left."""
        with self._looking:
            sign = self._sign(name)
            if not sign:
                return True
            before, stood = self._seen.setdefault(name, (sign, 0.0))
            return sign == before and stood >= self._silent_seconds

    def _go_on(self) -> None:
        while not self._end.wait(self._interval):
            with contextlib.suppress(OSError):  # of a full disk: it counts as silent
                self.beat()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _sign(self, name: str) -> str:
        """What a worker wrote last; "" of one that has left."""
        try:
            return self._path(name).read_text(encoding="utf-8")
        except OSError:
            return ""
