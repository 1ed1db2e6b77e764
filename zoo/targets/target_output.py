"""What a network learns: the targets of a task as its outputs."""

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TypeVar

from pipelines.tasks.target import Target
from pipelines.tasks.task import Task
from zoo.targets.kind import TargetKind
from zoo.targets.kinds import TARGET_KINDS
from zoo.targets.standardisation import ColumnStatistics, Standards

Numbers = TypeVar("Numbers")  # np.ndarray or tf.Tensor


@dataclass(frozen=True, kw_only=True)
class TargetOutput:
    """One target, as the network gives it.

    Args:
        target: its name is "" where it is the main one.
        offset: of its first number in the target of a record.
        column_statistics: of its columns in the training split, in their order, where
            its kind is standardised; else empty.
    """

    target: Target
    offset: int = 0
    column_statistics: tuple[ColumnStatistics, ...] = ()

    @property
    def kind(self) -> TargetKind:
        """What its kind is."""
        return TARGET_KINDS[self.target.kind]

    @property
    def size(self) -> int:
        """Numbers that the last layer gives."""
        return self.kind.size(self.target)

    def values_of(self, targets: Numbers) -> Numbers:
        """The target's own numbers `[N, R]`, of those of all targets `[N, T]`.

        Args:
            targets: of NumPy or of TensorFlow.
        """
        return targets[:, self.offset : self.offset + self.target.size]

    @property
    def names(self) -> tuple[str, ...]:
        """Of its classes, its labels, or the columns of its numbers."""
        return self.target.classes or self.target.columns

    @property
    def standardised_columns(self) -> tuple[str, ...]:
        """The columns that are learned in deviations from their mean."""
        return self.target.columns if self.kind.standardised else ()

    @property
    def suffix(self) -> str:
        """Of the names of outputs and layers: "" or `_<name>`."""
        return f"_{self.target.name}" if self.target.name else ""

    @property
    def shown_output(self) -> str:
        """Name of the model's output that a prediction shows."""
        return self.kind.outputs[self.kind.shown] + self.suffix


def outputs_of_task(task: Task) -> tuple[TargetOutput, ...]:
    """The targets of a task and where they stand, the main one first."""
    ends = list(itertools.accumulate(target.size for target in task.targets))
    return tuple(
        TargetOutput(target=target, offset=end - target.size)
        for target, end in zip(task.targets, ends)
    )


def outputs_of_run(task: Task, standards: Standards) -> tuple[TargetOutput, ...]:
    """The targets of a run, the main one first."""
    by_name = {column.name: column for column in standards.column_statistics}
    return tuple(
        dataclasses.replace(
            target_output,
            column_statistics=tuple(
                by_name[name] for name in target_output.standardised_columns
            ),
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
