"""What the evidence has to say about the data that it comes from."""

from dataclasses import dataclass

from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class Description:
    """The data set behind predictions; all empty for predictions from elsewhere.

    Args:
        task: name of the task.
        unit: what a sample is: study or series.
    """

    task: str = ""
    unit: str = ""


def describe(task: Task) -> Description:
    """The description of a run's task."""
    return Description(task=task.name, unit=task.unit)
