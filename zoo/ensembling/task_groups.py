"""The members of an ensemble by task, and the new studies as each task reads them."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.member import Member
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.study_source import StudySource

if TYPE_CHECKING:  # it loads the readers of DICOM files
    from pipelines.ingestion.new_study import OneRecord

LACKS = "missing_sequence"  # code of the only fault by which a member abstains


@dataclass(frozen=True, kw_only=True)
class TaskGroup:
    """Members that take the same records.

    Args:
        members: of one task.
        facts: of the task, with the covariates and channels that any of their networks
            sees.
    """

    members: tuple[Member, ...]
    facts: ModelFacts


def of_members(ensemble: Ensemble, members: Sequence[Member]) -> tuple[TaskGroup, ...]:
    """The members by task, in the order of the first of each.

    Raises:
        UsageError: several tasks whose studies can't be told to be the same.
    """
    tasks = []
    for member in members:
        if member.run.task not in tasks:
            tasks.append(member.run.task)
    if len(tasks) > 1:
        _check_joinable(ensemble, tasks)
    groups = []
    for task in tasks:
        same = tuple(member for member in members if member.run.task == task)
        seen = {name for each in same for name in each.run.recipe.head.covariates}
        covariates = tuple(name for name in task.covariates if name in seen)
        named = {name for each in same for name in each.run.channels}
        facts = ModelFacts(
            name=str(ensemble.path),
            task=task,
            covariates=covariates,
            channels=tuple(name for name in task.channels if name in named),
        )
        groups.append(TaskGroup(members=same, facts=facts))
    return tuple(groups)


def _check_joinable(ensemble: Ensemble, tasks: Sequence) -> None:
    if any(task.unit == "series" for task in tasks):
        raise UsageError(
            f"members of {ensemble.path} take series one by one, so nobody can tell "
            "which of them vote together. Predict with the members singly"
        )
    if len({task.study_key for task in tasks}) > 1:
        raise UsageError(
            f"the tasks of {ensemble.path} name a study by different keys (study_key), "
            "so their records can't be joined. Predict with the members singly"
        )


def source_of(
    source: StudySource, own: ModelFacts, every: Sequence[ModelFacts]
) -> StudySource | None:
    """What of the named studies is of a task; none = no sequence of them.

    Args:
        own: of the task.
        every: of all tasks, this one too.

    Raises:
        UsageError: a sequence that no task names.
    """
    named = source.nifti or source.series
    if not own.covariates and any(facts.covariates for facts in every):
        source = dataclasses.replace(source, covariates=())
    wants_mask = [facts.task.steps.wants_mask for facts in every]
    if not own.task.steps.wants_mask and any(wants_mask):
        source = dataclasses.replace(source, mask=None)
    if len(every) == 1 or not named:
        return source
    known = {name for facts in every for name in facts.task.acquired}
    unknown = sorted(set(named) - known)
    if unknown:
        raise UsageError(
            f"the tasks of the members have the sequences {', '.join(sorted(known))}. "
            f"Received: {', '.join(unknown)}"
        )
    of_task = {n: v for n, v in named.items() if n in own.task.acquired}
    if source.nifti is not None:
        return dataclasses.replace(source, nifti=of_task) if of_task else None
    if not of_task and source.dicom is None:
        return None
    return dataclasses.replace(source, series=of_task)


def reads_of(
    groups: Sequence[TaskGroup], source: StudySource
) -> list[tuple[TaskGroup, Callable[[], Iterator["OneRecord"]]]]:
    """By task what reads the studies of a source.

    Raises:
        UsageError, DataError: as `StudySource.records`.
    """
    every = [each.facts for each in groups]
    named = [(g, source_of(source, g.facts, every)) for g in groups]
    return [(each, own.records(each.facts)) for each, own in named if own is not None]
