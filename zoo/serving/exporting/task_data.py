"""The data sets by which an export of several tasks is held to its members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.errors import DataError, UsageError
from zoo.ensembling.task_groups import TaskGroup

if TYPE_CHECKING:
    from pipelines.records.data_set import DataSet


def of_groups(
    groups: Sequence[TaskGroup], data_sets: Sequence[DataSet]
) -> tuple[DataSet, ...]:
    """Of each task the data set that a member of it was trained on.

    Args:
        data_sets: those that are named; none = records are made up.

    Raises:
        UsageError: a task of which none is named.
        DataError: one on which no member was trained.
    """
    if not groups or not data_sets:
        return ()
    chosen = []
    for group in groups:
        digests = {each.run.data_digest for each in group.members}
        own = [each for each in data_sets if each.digest in digests]
        if not own:
            raise UsageError(
                f"--data names no data set of the task {group.facts.task.name}, and "
                "records of all tasks make a sample. Name one of each, or none"
            )
        chosen.append(own[0])
    known = {each.run.data_digest for group in groups for each in group.members}
    for each in data_sets:
        if each.digest not in known:
            raise DataError(
                f"no member was trained on {each.path} (digest {each.digest}). Name "
                "the data sets of the members by --data"
            )
    return tuple(chosen)
