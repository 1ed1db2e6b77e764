"""What keeps one study from becoming a record: the one place that catches all."""

import errno
import os
from collections.abc import Callable
from typing import TypeVar

from pipelines.errors import DataError, StudyError, ZooError

Made = TypeVar("Made")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def attempt(
    make: Callable[[], Made], *, step: str = "reading the study"
) -> Made | StudyError:
    """What `make` gives for one study, or why it gives nothing.

    A fault that no check foresaw is the study's error, so it never ends the run.

    Args:
        step: that `make` is, as the error words it.

    Raises:
        DataError: the disk takes no more.
        ZooError: any that is not of one study: of the data or the command as a whole.
    """
    try:
        return make()
    except StudyError as error:
        return error
    except ZooError:
        raise
    except MemoryError:
        return StudyError(
            code="out_of_memory",
            problem="the study does not fit into memory",
            cure="Run with fewer --workers, or take the study out",
        )
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise DataError(no_room(error)) from None
        return StudyError(
            code="unexpected",
            problem=f"{step} ended in {type(error).__name__}",
            cure="Look at the study with a viewer; if it is sound, report this",
            private=str(error),
            subject=type(error).__name__,
        )


def no_room(error: OSError) -> str:
    """What to say when the disk takes no more."""
    return (
        f"the disk takes no more ({os.strerror(error.errno)}). Free some space and run "
        "the same command again: finished studies are kept"
    )
