"""What a network learns: the targets of a task as its outputs."""

import dataclasses
import itertools
from dataclasses import dataclass

from pipelines.tasks.target import Target
from pipelines.tasks.task import Task
from zoo.targets.standardisation import Numbers, Standards


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One target, as the network gives it.

    Args:
        target: its name is "" where it is the main one.
        place: of its first number in the target of a record.
        means, deviations: of the numbers of a regression in the training split; else
            empty.
    """

    target: Target
    place: int = 0
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


def places(task: Task) -> tuple[Aim, ...]:
    """The targets of a task and where they stand, the main one first."""
    ends = list(itertools.accumulate(target.size for target in task.targets))
    return tuple(
        Aim(target=target, place=end - target.size)
        for target, end in zip(task.targets, ends)
    )


def of_task(task: Task, standards: Standards) -> tuple[Aim, ...]:
    """The aims of a run, the main one first."""
    numbers = {one.name: one for one in standards.numbers}

    def own(aim: Aim) -> list[Numbers]:
        columns = aim.target.columns if aim.kind == "regression" else ()
        return [numbers[name] for name in columns]

    return tuple(
        dataclasses.replace(
            aim,
            means=tuple(one.mean for one in own(aim)),
            deviations=tuple(one.deviation for one in own(aim)),
        )
        for aim in places(task)
    )


def of_classes(number: int) -> tuple[Aim, ...]:
    """The one aim of a network that tells `number` classes, which have no names.

    Raises:
        ValueError: fewer than two.
    """
    if number < 2:
        raise ValueError(f"a classifier wants 2 or more classes. Received: {number}")
    classes = tuple(str(index) for index in range(number))
    return (Aim(target=Target(classes=classes)),)
