"""What reports say in words, and how words fit into DICOM's elements."""

import unicodedata

from pipelines.tasks.task import Task
from zoo.targets.target_output import TargetOutput

SOFTWARE = "mri-volume-zoo"
USE = "FOR RESEARCH USE ONLY"
# First what it is for: lists of series cut a description after some 20 letters.
REPORT = "Research use only: network result"
PICTURE = "Research use only: network picture"
STATEMENT = (
    f"{USE}. Computed by a neural network that is not a medical device, and verified "
    "by nobody. Not for diagnosis, treatment or any other clinical decision."
)
GRID = "Slices are numbered as in the network's grid, not as the images of a series."
_LONG_STRING = 64  # characters of the value representation LO (PS3.5, 6.2)


def title_of(target_output: TargetOutput, task: Task) -> str:
    """What a target is called where other tasks' results lie beside it."""
    target = target_output.target
    if target.name:
        return f"{task.name} / {target.name}"
    if target.source == "sequence":
        return f"{task.name} / sequence"
    if len(target.columns) == 1:
        return f"{task.name} / {target.columns[0]}"
    return task.name


def long_string(text: str) -> str:
    """A text as a value of LO: one line of 64 characters, the rest cut off.

    >>> long_string("a\\\\b\\nc")
    'a/b c'
    >>> len(long_string("x" * 80)), long_string("x" * 80)[-1]
    (64, '…')
    """
    line = " ".join(_without_controls(text).replace("\\", "/").split())
    return line if len(line) <= _LONG_STRING else line[: _LONG_STRING - 1] + "…"


def is_whole(text: str) -> bool:
    """Whether `long_string` leaves a text as it is."""
    return long_string(text) == text


def _without_controls(text: str) -> str:
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
