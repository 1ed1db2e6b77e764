"""Processes that work on a sweep."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def started(module, *words):
    """A module of these tests, as a process whose output can be read."""
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.tuning.cluster.{module}", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def joining(folder, data, seconds, workers=1, silent=1):
    """One that shares the sweep `o` of a folder, as slow_worker.py says."""
    words = (folder, data.path, folder / "o", seconds, workers, silent)
    return started("slow_worker", *words)


def working(led, data, seconds, workers=1):
    """One that works for a chief, as chiefs_worker.py says."""
    words = (data.path, led.sweep.path, led.target, seconds, workers)
    return started("chiefs_worker", *words)
