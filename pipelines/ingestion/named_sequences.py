"""The sequences of one study as they are named on the command line."""

from collections.abc import Iterable

from pipelines.errors import UsageError
from pipelines.tasks.task import Task


def check(names: Iterable[str], task: Task) -> None:
    """Raises a UsageError for a sequence that the task does not name.

    With unit `series` there is one, named `series`.
    """
    unknown = sorted(set(names) - set(task.channels))
    if unknown:
        raise UsageError(
            f"the task {task.name} has the sequences {', '.join(task.channels)}. "
            f"Received: {', '.join(unknown)}"
        )
