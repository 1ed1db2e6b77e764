"""What reports say in words, and how words fit into DICOM's elements."""

import unicodedata

from pipelines.tasks.task import Task
from zoo.prediction.output_format import UNKNOWN
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


def set_title(level: float) -> str:
    """What a set of classes is called that covers each of them at a level.

    >>> set_title(0.9)
    'In the prediction set, 90 % coverage of each class wanted'
    """
    return f"In the prediction set, {100 * level:g} % coverage of each class wanted"


def set_line(level: float, said: str, inside: str) -> str:
    """A line on a set of classes.

    Args:
        said: the class that is answered, or that it is unknown.
        inside: the classes of the set, in words.
    """
    line = f"{set_title(level)}: {inside}"
    if said == UNKNOWN:
        line += "; nothing is promised of a study that is unknown"
    return line


def of_sets(level: float) -> str:
    """What the coverage of sets means, and where it holds."""
    return (
        f"prediction sets hold each class in {100 * level:g} % of its studies or more "
        "where these are like those that the sets were fitted on; of a study that is "
        "unknown nothing is promised. Of several networks a class is in the set where "
        "it is in half of theirs or more"
    )


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
