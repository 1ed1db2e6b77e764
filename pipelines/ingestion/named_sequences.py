"""The sequences of one study as they are named on the command line."""

import re
from collections.abc import Iterable

from pipelines.errors import UsageError
from pipelines.ingestion.work_item import NiftiSource
from pipelines.readers.nifti_sidecars import named_b_value
from pipelines.tasks.task import Task

_FRAME = re.compile(r"(?P<path>.+)#frame=(?P<frame>[^#]*)", re.DOTALL)
_SHELL = re.compile(
    r"(?P<path>.+\.nii(\.gz)?)#(?P<b_value>b=[^#]*)", re.DOTALL | re.IGNORECASE
)


def nifti_source(text: str) -> NiftiSource:
    """The volume that `FILE`, `FILE#frame=N` or `FILE#b=B` names.

    N counts from 0, of a 4-D file; B is a b-value in s/mm2, of the file's .bval.

    Raises:
        UsageError: the frame is no number from 0, or the b-value is none.
    """
    if match := _SHELL.fullmatch(text):
        b_value = named_b_value(match["b_value"])
        if b_value is None:
            raise UsageError(
                "a b-value is a number of 0 or more, as in FILE.nii.gz#b=800. "
                f"Received: {text}"
            )
        return NiftiSource(path=match["path"], b_value=b_value)
    match = _FRAME.fullmatch(text)
    if match is None:
        return NiftiSource(path=text)
    frame = match["frame"]
    if not (frame.isascii() and frame.isdigit()):
        raise UsageError(
            "a frame is a number from 0, as in FILE#frame=0; by its b-value it is "
            f"named as in FILE.nii.gz#b=800. Received: {text}"
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
