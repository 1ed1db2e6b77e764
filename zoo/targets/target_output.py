"""What a network learns: the targets of a task as its outputs."""

import dataclasses
import itertools
from dataclasses import dataclass

from pipelines.tasks.target import Target
from pipelines.tasks.task import Task
from zoo.targets.standardisation import ColumnStatistics, Standards


@dataclass(frozen=True, kw_only=True)
class TargetOutput:
    """One target, as the network gives it.

    Args:
        target: its name is "" where it is the main one.
        offset: of its first number in the target of a record.
        means, deviations: of the numbers of a regression in the training split; else
            empty.
    """

    target: Target
    offset: int = 0
    means: tuple[float, ...] = ()
    deviations: tuple[float, ...] = ()

    @property
    def kind(self) -> str:
        """Of the target."""
        return self.target.kind

    @property
    def size(self) -> int:
        """Numbers that the last layer gives.

        One for each class or label; for an ordinal target one for each step from a
        class to the next; for a regression one for each column.
        """
        if self.kind == "classification":
            return len(self.target.classes)
        if self.kind == "ordinal":
            return len(self.target.classes) - 1
        return len(self.target.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Of its classes, its labels, or the columns of its numbers."""
        return self.target.classes or self.target.columns

    @property
    def suffix(self) -> str:
        """Of the names of outputs and layers: "" or `_<name>`."""
        return f"_{self.target.name}" if self.target.name else ""


def outputs_of_task(task: Task) -> tuple[TargetOutput, ...]:
    """The targets of a task and where they stand, the main one first."""
    ends = list(itertools.accumulate(target.size for target in task.targets))
    return tuple(
        TargetOutput(target=target, offset=end - target.size)
        for target, end in zip(task.targets, ends)
    )


def outputs_of_run(task: Task, standards: Standards) -> tuple[TargetOutput, ...]:
    """The targets of a run, the main one first."""
    numbers = {one.name: one for one in standards.column_statistics}

    def own(target_output: TargetOutput) -> list[ColumnStatistics]:
        columns = (
            target_output.target.columns if target_output.kind == "regression" else ()
        )
        return [numbers[name] for name in columns]

    return tuple(
        dataclasses.replace(
            target_output,
            means=tuple(one.mean for one in own(target_output)),
            deviations=tuple(one.deviation for one in own(target_output)),
        )
        for target_output in outputs_of_task(task)
    )


def outputs_of_classes(number: int) -> tuple[TargetOutput, ...]:
    """The one target of a network that tells `number` classes, which have no names.

    Raises:
        ValueError: fewer than two.
    """
    if number < 2:
        raise ValueError(f"a classifier wants 2 or more classes. Received: {number}")
    classes = tuple(str(index) for index in range(number))
    return (TargetOutput(target=Target(classes=classes)),)
