"""Files and directories that are whole or absent: written aside, then renamed."""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from pipelines.storage import lock


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """Yields a temporary path beside `path`; renames it there when the block ends.

    If the block raises, the temporary file is removed and `path` stays as it was.
    """
    path = Path(path)
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part{path.suffix}")
    try:
        yield aside
        with open(aside, "rb") as written:
            os.fsync(written.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def new_directory(path: str | os.PathLike) -> Iterator[Path]:
    """Yields an empty directory beside `path`; renames it there when the block ends.

    If the block raises, nothing is left. What a killed process left of the same
    directory is removed. `path` may be an empty directory before.

    Raises:
        LockedError: another process is making the same directory.
        OSError: it can't be made, or `path` exists with something in it.
    """
    path = Path(path)
    aside = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with lock.hold(path.with_name(f".{path.name}.lock"), subject=str(path)):
        shutil.rmtree(aside, ignore_errors=True)
        try:
            aside.mkdir()
            yield aside
            os.replace(aside, path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Writes UTF-8 text to `path`, whole or not at all."""
    with replacing(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def write_bytes(path: str | os.PathLike, content: bytes) -> None:
    """Writes bytes to `path`, whole or not at all."""
    with replacing(path) as aside:
        aside.write_bytes(content)


def write_synced(path: str | os.PathLike, content: bytes) -> None:
    """Writes bytes to `path` as it stands, on the disk when this returns."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_directory(directory: str | os.PathLike) -> None:
    """Has the names in a directory on the disk, where the file system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_private(path: Path, text: str) -> None:
    """Writes a new file that its owner alone can read.

    Raises:
        FileExistsError: `path` exists.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
