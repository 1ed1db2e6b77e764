"""What the evidence has to say about the data that it comes from."""

from dataclasses import dataclass

from pipelines.errors import DataError
from pipelines.task import Task

LEAK = (
    "single slices were dealt to the splits as if they were patients: slices of one "
    "patient can stand in training and in test, so these results leak and are too good"
)


@dataclass(frozen=True, kw_only=True)
class Description:
    """The data set behind predictions; all empty for predictions from elsewhere.

    Args:
        task: name of the task.
        unit: what a sample is: study, series or slice.
    """

    task: str = ""
    unit: str = ""

    @property
    def leaking(self) -> bool:
        """Whether patients may stand on both sides of a split."""
        return self.unit == "slice"

    @property
    def warning(self) -> str:
        """What every output must say; "" if nothing."""
        return LEAK if self.leaking else ""


def describe(task: Task) -> Description:
    """The description of a run's task.

    Raises:
        DataError: the task's target is no class.
    """
    if task.target.kind not in ("classification", "ordinal"):
        raise DataError(
            "only classification can be judged. "
            f"Received: target.kind={task.target.kind!r}"
        )
    return Description(task=task.name, unit=task.unit)
