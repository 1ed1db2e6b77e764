"""Pictures of samples, from a data set or from studies that are not ingested yet."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.inspection import (
    alignment,
    alignment_figure,
    centre_mark,
    montage,
    side_by_side,
)
from pipelines.inspection.slice_picture import Shown
from pipelines.tasks.task import Task


def montages(shown: list[Shown], task: Task, directory: Path) -> Iterator[Path]:
    """Writes one picture of all sequences side by side, and one a sequence.

    Raises:
        DataError: a disk that can't be written.
    """
    title = centre_mark.title_of(task)
    if len(task.channels) > 1:
        yield side_by_side.write(shown, task.channels, directory, title=title)
    yield from montage.write(shown, task.channels, directory, title=title)


def alignment_figures(
    shown: list[Shown], task: Task, directory: Path, *, registration: str
) -> Iterator[str]:
    """Writes a figure a study, and says what it shows, for the terminal.

    Args:
        registration: that the samples went through.

    Raises:
        UsageError: a task of one channel.
        DataError: a disk that can't be written.
    """
    check_alignable(task)
    reference = task.grid.reference
    if reference not in task.channels:  # nor is one that the record does not hold
        reference = task.channels[0]
    studies = [
        (one, measured)
        for one in shown
        if (measured := alignment.alignments(one, task.channels, reference))
    ]
    everything = [one for _, measured in studies for one in measured]
    yield alignment_figure.table(everything, registration)
    yield alignment_figure.conclusion(everything, registration)
    for path in alignment_figure.write(studies, task.channels, registration, directory):
        yield str(path)


def check_alignable(task: Task) -> None:
    """Refuses a task of one channel, which has nothing to lie on.

    Raises:
        UsageError: it is one.
    """
    if len(task.channels) < 2:
        raise UsageError(
            "--alignment compares the sequences of a study. Received: the task "
            f"{task.name} with the one channel {task.channels[0]}"
        )
