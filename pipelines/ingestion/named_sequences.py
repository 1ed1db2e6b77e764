"""The sequences of one study as they are named on the command line."""

import re
from collections.abc import Iterable

from pipelines.errors import UsageError
from pipelines.ingestion.work_item import NiftiSource
from pipelines.tasks.task import Task

_FRAME = re.compile(r"(?P<path>.+)#frame=(?P<frame>[^#]*)", re.DOTALL)


def nifti_source(text: str) -> NiftiSource:
    """The volume that `FILE` or `FILE#frame=N` names; N from 0, of a 4-D file.

    Raises:
        UsageError: the frame is no number from 0.
    """
    match = _FRAME.fullmatch(text)
    if match is None:
        return NiftiSource(path=text)
    frame = match["frame"]
    if not (frame.isascii() and frame.isdigit()):
        raise UsageError(
            f"a frame is a number from 0, as in FILE#frame=0. Received: {text}"
        )
    return NiftiSource(path=match["path"], frame=int(frame))


def check(names: Iterable[str], task: Task) -> None:
    """Raises a UsageError for a sequence that the task does not name.

    With unit `series` there is one, named `series`.
    """
    unknown = sorted(set(names) - set(task.acquired))
    if unknown:
        raise UsageError(
            f"the task {task.name} has the sequences {', '.join(task.acquired)}. "
            f"Received: {', '.join(unknown)}"
        )
