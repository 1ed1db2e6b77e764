"""Files that are either whole or absent: written aside, then renamed."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path


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


def write_text(path: str | os.PathLike, text: str) -> None:
    """Writes UTF-8 text to `path`, whole or not at all."""
    with replacing(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def write_bytes(path: str | os.PathLike, content: bytes) -> None:
    """Writes bytes to `path`, whole or not at all."""
    with replacing(path) as aside:
        aside.write_bytes(content)


def write_private(path: Path, text: str) -> None:
    """Writes a new file that its owner alone can read.

    Raises:
        FileExistsError: `path` exists.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
