"""The numbered directory of a version: a polling server sees it whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, lock
from zoo.runs import disk


def check_new(path: Path) -> None:
    """Raises a UsageError if the version is there: a server may be answering by it."""
    if path.exists():
        raise UsageError(
            f"{path} exists, and a version never changes. Leave --version out for the "
            "next one, or choose another"
        )


@contextlib.contextmanager
def reserved(path: Path) -> Iterator[None]:
    """Keeps a version's number from others while the block makes it.

    A process that is killed keeps it no longer.

    Raises:
        UsageError: the version is there.
        DataError: another process has it, or its folder can't be written.
    """
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        with on_disk(path):
            file = path.with_name(f".{path.name}.export.lock")
            held.enter_context(lock.hold(file, subject=f"version {path}"))
        check_new(path)
        yield


@contextlib.contextmanager
def new(path: Path) -> Iterator[Path]:
    """Yields an empty directory; when the block ends it is the version, on the disk.

    Until then its name is no number, which servers do not look at.

    Raises:
        UsageError: the version is there.
        DataError: it can't be written, or another process is writing it.
    """
    with on_disk(path):
        with atomic_files.new_directory(path) as aside:
            check_new(path)
            yield aside
            to_disk(aside)
        for folder in (path.parent, path.parent.parent):
            _sync(folder)


@contextlib.contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Has a disk that is full or can't be written be told as such.

    Args:
        path: of what the block writes, for people.

    Raises:
        DataError: of that kind; other errors pass.
    """
    try:
        yield
    except Exception as error:
        if not (isinstance(error, OSError) or disk.is_full(error)):
            raise
        raise DataError(
            f"{path} can't be written: {error}. Free some space or choose another --to"
        ) from error


def to_disk(directory: Path) -> None:
    """Has every file and folder below and with `directory` outlive a power cut."""
    for folder, _, files in os.walk(directory, topdown=False):
        for name in files:
            _sync(Path(folder, name))
        _sync(Path(folder))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
