"""Classes of a data set that a network is not to know: it, as if they were none.

Shards, manifest.csv and digest stay as they are, and so does the `spec` of the task:
records state a class by its index among all classes.
"""

import dataclasses
from collections.abc import Sequence

from pipelines.errors import UsageError
from pipelines.records import data_set
from pipelines.records.data_set import Count, DataSet
from pipelines.records.manifest import Row
from pipelines.tasks.target import Target
from pipelines.tasks.task import Task


def of_target(target: Target, names: Sequence[str]) -> Target:
    """The target without some of its classes.

    Raises:
        UsageError: no classes that exclude each other in no order, a class that there
            is not, one twice, or fewer than two that are left.
    """
    if not target.is_nominal:
        raise UsageError(
            "unknown_classes holds out classes of a classification: a label that may "
            "stand beside others, a grade between grades and a number are none. "
            f"Received: a target of kind {target.kind!r}, and {', '.join(names)}"
        )
    there = target.stated_classes
    wrong = [name for name in names if name not in there]
    if wrong or len({*names}) != len(names):
        raise UsageError(
            f"unknown_classes are some of the data set's classes {', '.join(there)}, "
            f"each named once. Received: {', '.join(names)}"
        )
    known = tuple(name for name in there if name not in names)
    if len(known) < 2:
        raise UsageError(
            "a network wants two classes or more to tell apart, and unknown_classes "
            f"leaves {', '.join(known) or 'none'} of {', '.join(there)}. Hold out fewer"
        )
    return dataclasses.replace(target, classes=known, record_classes=there)


def of_task(task: Task, names: Sequence[str] | None) -> Task:
    """The task without some classes of its main target; none = as it is.

    Raises:
        UsageError: as `of_target`.
    """
    if names is None:
        return task
    return dataclasses.replace(task, target=of_target(task.target, names))


def without(data: DataSet, names: Sequence[str] | None) -> DataSet:
    """The data set without samples of some classes; none = as it is.

    Raises:
        UsageError: as `of_target`.
    """
    if names is None:
        return data
    task = of_task(data.task, names)
    reduced = dataclasses.replace(data, task=task)
    counts = data_set.count_groups(data_set.read_manifest(reduced), task)
    nobody = Count(samples=0, patients=0, classes=dict.fromkeys(task.target.classes, 0))
    of_groups = {group: counts.get(group, nobody) for group in data.counts}
    return dataclasses.replace(reduced, counts=of_groups)


def rows(data: DataSet) -> tuple[Row, ...]:
    """The rows of the manifest whose class is held out, by its index in the records.

    Args:
        data: as `without` gives it.
    """
    target = data.task.target
    if not target.held_out_classes:
        return ()
    held_out = {target.stated_classes.index(name) for name in target.held_out_classes}
    return tuple(
        row
        for row in data_set.read_stated_manifest(data)
        if row.target and row.target[0] in held_out
    )


def class_of_samples(data: DataSet) -> dict[str, str]:
    """The class of every sample that is held out, by its sample_id.

    Args:
        data: as `without` gives it.
    """
    stated = data.task.target.stated_classes
    return {row.sample_id: stated[int(row.target[0])] for row in rows(data)}
