"""The process that `fresh.py` runs in, seen from the tests."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_SCRIPT = Path(__file__).with_name("fresh.py")
_AT_MOST = 8  # directories for one process, which does not give back all memory


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What the process found.

    Args:
        outputs: by `keras/<name>` and `served/<name>`.
        operations: of the exported graph, see `fresh.operations`.
        error: the traceback if it failed.
    """

    outputs: dict[str, np.ndarray]
    operations: frozenset[str]
    error: str


class FreshProcess:
    """Starts with the first question, and anew after a number of them.

    It knows neither the zoo nor any path to it.
    """

    def __init__(self):
        self._process: subprocess.Popen | None = None
        self._answered = 0
        self._errors = tempfile.TemporaryFile(  # noqa: SIM115 - lives as it does
            "w+", encoding="utf-8"
        )

    def load(self, directory: Path) -> Loaded:
        """Has the process load and apply what is in a directory."""
        if self._answered == _AT_MOST:
            self._end()
        if self._process is None:
            self._process = self._start()
        self._answered += 1
        print(directory, file=self._process.stdin, flush=True)
        answer = ""
        while answer not in ("done", "failed"):
            line = self._process.stdout.readline()
            if not line:
                self._errors.seek(0)
                raise AssertionError(f"it died: {self._errors.read()[-3000:]}")
            answer = line.strip()
        return _found(directory, failed=answer == "failed")

    def close(self) -> None:
        """Ends the process for good."""
        self._end()
        self._errors.close()

    def _end(self) -> None:
        if self._process is not None:
            self._process.communicate()
        self._process, self._answered = None, 0

    def _start(self) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, str(_SCRIPT)],
            cwd=tempfile.gettempdir(),
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
        )


def _found(directory: Path, *, failed: bool) -> Loaded:
    operations = directory / "ops.txt"
    outputs = {}
    if not failed:
        with np.load(directory / "fresh.npz") as archive:
            outputs = {name: archive[name] for name in archive.files}
    return Loaded(
        outputs=outputs,
        operations=frozenset(
            operations.read_text(encoding="utf-8").split()
            if operations.is_file()
            else ()
        ),
        error=(directory / "error.txt").read_text(encoding="utf-8") if failed else "",
    )
