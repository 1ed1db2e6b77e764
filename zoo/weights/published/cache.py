"""Finds a file of published weights, and fetches it where it is not there."""

import contextlib
import importlib.util
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, lock
from zoo.weights.published import checksum, directories, download
from zoo.weights.published.source import Source


@dataclass(frozen=True, kw_only=True)
class WeightsFile:
    """A file that has the checksum of its publisher."""

    path: Path
    source: Source


def obtain(
    sources: Sequence[Source], named: str | os.PathLike | None = None
) -> WeightsFile:
    """The first of the files that is here, or else one that is fetched.

    Args:
        sources: files that would do, the preferred one first.
        named: the only directory to look in, or the file; none = those of
            `zoo.weights.published.directories`, to the first of which it is fetched.

    Raises:
        UsageError: there is none of the files at `named`.
        DataError: the file is another by its checksum; nothing can be fetched. The
            message says which file to put where.
    """
    file = find(sources, named)
    if file is None:
        return fetch(sources)
    checksum.check(file.path, file.source.stated)
    return file


def find(
    sources: Sequence[Source], named: str | os.PathLike | None = None
) -> WeightsFile | None:
    """The first of the files that is here, its content unread; arguments as `obtain`.

    Raises:
        UsageError: there is none of the files at `named`.
    """
    file = _look(sources, named)
    if file is None and named is not None:
        raise UsageError(
            f"no ImageNet weights at {os.fspath(named)}. Put there one of: "
            f"{_listed(sources)}"
        )
    return file


def here(source: Source) -> Path | None:
    """Where the file lies in the directories of weights; its content is not read."""
    paths = (folder / source.file_name for folder in directories.directories())
    return next((path for path in paths if path.is_file()), None)


def fetch(sources: Sequence[Source]) -> WeightsFile:
    """Fetches the first of the files that has an address.

    Files that this environment can't read (PyTorch's without PyTorch) come last. One
    job fetches, others that want the same file wait for it.

    Raises:
        DataError: none can be fetched, or what came is another file.
    """
    directory = directories.directories()[0]
    can = [source for source in sorted(sources, key=_unreadable) if source.url]
    cure = (
        f"Put one of these into {directory}, or name the directory that has it by "
        f"{directories.VARIABLE}: {_listed(sources)}"
    )
    if not can:
        raise DataError(f"these weights are at no address to fetch them from. {cure}")
    source = can[0]
    target = directory / source.file_name
    try:
        directory.mkdir(parents=True, exist_ok=True)
        alone = lock.hold(
            directory / f".{source.file_name}.lock",
            subject=str(target),
            wait_seconds=math.inf,
        )
        with alone:
            if not target.is_file():
                _fetch(source, target)
    except (DataError, OSError) as error:
        raise DataError(f"{error}. {cure}") from error
    checksum.check(target, source.stated)
    return WeightsFile(path=target, source=source)


def _fetch(source: Source, target: Path) -> None:
    """Brings the file to `target`, which appears only with the right checksum."""
    expected = source.stated
    if not expected.known:
        expected = checksum.of_pointer(download.read_text(expected.value))
    part = target.with_name(f"{target.name}.part")
    if not (part.is_file() and checksum.fits(part, expected)):
        download.fetch(source.url, part)
    if not checksum.fits(part, expected):
        got = checksum.digest(part)
        download.discard(part)
        raise DataError(
            f"what {source.url} sent is another file than its publisher states, and "
            f"was discarded. Received: SHA-256 {got}, expected {expected}"
        )
    if not source.stated.known:
        atomic_files.write_text(checksum.beside(target), f"{expected.value}\n")
    os.replace(part, target)
    download.discard(part)


def _look(
    sources: Sequence[Source], named: str | os.PathLike | None
) -> WeightsFile | None:
    if named is not None and Path(named).is_file():
        return WeightsFile(path=Path(named), source=_of_kind(Path(named), sources))
    folders = directories.directories() if named is None else (Path(named),)
    for source in sorted(sources, key=_unreadable):
        for folder in folders:
            path = folder / source.file_name
            if path.is_file():
                return WeightsFile(path=path, source=source)
    return None


def _of_kind(path: Path, sources: Sequence[Source]) -> Source:
    """The source that a file of another name may be: the one of its format."""
    with contextlib.suppress(StopIteration):
        return next(s for s in sources if s.file_name == path.name)
    alike = [s for s in sources if Path(s.file_name).suffix == path.suffix]
    if not alike:
        raise UsageError(
            f"{path} is none of the published files: {_listed(sources)}. Name a file "
            "of your own by --weights instead"
        )
    return alike[0]


def _unreadable(source: Source) -> bool:
    """Whether what reads the file is not installed."""
    return source.format == "torch" and importlib.util.find_spec("torch") is None


def _listed(sources: Sequence[Source]) -> str:
    return "; ".join(source.where() for source in sources)
