"""A disk that takes no more of a run: how to tell, and what helps."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import DataError, ZooError

_FULL = {
    errno.ENOSPC: "No space left on device",
    errno.EDQUOT: "Disk quota exceeded",
}
_REFUSED = {
    errno.EACCES: "Permission denied",
    errno.EPERM: "Operation not permitted",
    errno.EROFS: "Read-only file system",
}


def is_full(error: BaseException) -> bool:
    """Whether an error says that a disk is full, or all that the user may have of it.

    TensorFlow and HDF5 have no error numbers: they quote the system's words. To
    TensorFlow a full disk is an exhausted resource, as memory is.
    """
    return _is(error, _FULL)


def message(directory: Path, error: BaseException) -> str:
    """What is wrong with the disk of a run directory, and the cure."""
    if is_full(error):
        return (
            f"the disk of {directory} is full. Free some space, then go on with "
            "--resume: every whole epoch is kept"
        )
    why = getattr(error, "strerror", None) or str(error)
    return (
        f"{directory} can't be written: {why}. Make it writable, or go on with a copy "
        "of it that is (--out COPY --resume)"
    )


@contextlib.contextmanager
def guard(directory: Path) -> Iterator[None]:
    """Turns a disk that is full, or refuses to be written, into an error with a cure.

    Args:
        directory: of the run that the block writes.

    Raises:
        DataError: of that kind; other errors pass.
    """
    try:
        yield
    except ZooError:
        raise
    except Exception as error:
        if not is_full(error) and not _is_refused(directory, error):
            raise
        raise DataError(message(directory, error)) from error


def _is_refused(directory: Path, error: BaseException) -> bool:
    """Whether it is the run directory that refuses, and not another file."""
    name = getattr(error, "filename", None) or str(error)
    return _is(error, _REFUSED) and str(directory) in str(name)


def _is(error: BaseException, kinds: dict[int, str]) -> bool:
    number = getattr(error, "errno", None)
    if number is not None:
        return number in kinds
    text = str(error)
    return any(words in text for words in kinds.values())
