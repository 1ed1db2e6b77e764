"""Where a watcher reads and writes: directories of their own, none within another."""

import argparse
import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.privacy import privacy
from pipelines.storage import lock, output_paths
from zoo.watching.settings import STATE

_REPORTS_LOCK = ".watch.lock"


@dataclass(frozen=True, kw_only=True)
class Places:
    """The places of a watcher, as absolute paths.

    Args:
        root: the watched folder.
        out: the directory of answers.
        key: the project key.
        reports: the directory of reports; none = none are written.
    """

    root: Path
    out: Path
    key: Path
    reports: Path | None = None

    @property
    def state(self) -> Path:
        """What the watcher needs to go on."""
        return self.out / STATE

    @property
    def handed_on(self) -> tuple[Path, ...]:
        """Directories that others read, so the key must not lie there."""
        reports = () if self.reports is None else (self.reports,)
        return (self.root, self.out, *reports)


def named(options: argparse.Namespace) -> Places:
    """The places that a command line names.

    Raises:
        UsageError: one of the directories lies in another, or what is there is not the
            watcher's.
        DataError: the disk is full.
    """
    root = Path(os.path.abspath(options.watch))
    out = Path(os.path.abspath(options.out or f"{root}-answers"))
    _check_apart(out, "--out", root, "the watched folder")
    output_paths.check_directory(out, "--out")
    if out.is_dir() and any(out.iterdir()) and not (out / STATE).is_dir():
        raise UsageError(
            f"{out} holds other files. Name a new directory by --out, or one in which "
            "a watched folder was answered"
        )
    reports = None if options.sr is None else Path(os.path.abspath(options.sr))
    if reports is not None:
        _check_apart(reports, "--sr", root, "the watched folder")
        _check_apart(reports, "--sr", out, "the directory of answers")
        output_paths.check_directory(reports, "--sr")
    key = Path(options.key or f"{out}-private/key")
    places = Places(root=root, out=out, key=key, reports=reports)
    privacy.check_outside(key, places.handed_on)
    return places


@contextlib.contextmanager
def held(places: Places) -> Iterator[None]:
    """Makes the directories, and keeps other watchers from writing there meanwhile.

    Raises:
        LockedError: another one does.
        OSError: they can't be made.
    """
    with contextlib.ExitStack() as locks:
        places.state.mkdir(parents=True, exist_ok=True)
        locks.enter_context(lock.hold(places.state / "lock", subject=str(places.out)))
        if places.reports is not None:
            places.reports.mkdir(parents=True, exist_ok=True)
            path = places.reports / _REPORTS_LOCK
            locks.enter_context(lock.hold(path, subject=str(places.reports)))
        yield


def _check_apart(path: Path, option: str, other: Path, name: str) -> None:
    """Refuses a directory within another, and the other way round.

    What is written into the watched folder would be taken for new studies, and reports
    are personal data, which answers are not.
    """
    if path.resolve().is_relative_to(other.resolve()):
        raise UsageError(f"{option} {path} lies inside {name} {other}")
    if other.resolve().is_relative_to(path.resolve()):
        raise UsageError(f"{name} {other} lies inside {option} {path}")
