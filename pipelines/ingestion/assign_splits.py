"""Finished records become a data set: split, shards, manifest, dataset.json."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from pipelines.errors import DataError
from pipelines.ingestion.work_item import WorkItem
from pipelines.splits.patient import quarters
from pipelines.splits.split import Assignment, Patient, deal, strata
from pipelines.tasks.task import Task


def assign(
    work_items: Sequence[WorkItem], task: Task, *, recorded: dict[str, Assignment]
) -> dict[str, Assignment]:
    """The split of every patient, by patient_id.

    Args:
        recorded: assignments of an earlier data set, which stay as they are.

    Raises:
        DataError: the cohort can't be split as the task asks, or the samples of a
            patient contradict each other.
    """
    own: dict[str, list[WorkItem]] = {}
    for work_item in work_items:
        own.setdefault(work_item.patient_id, []).append(work_item)
    stratum = _strata(own, task)
    people = [
        Patient(
            patient_id=one,
            stratum=stratum[one],
            classes=tuple(sorted({name for o in own[one] for name in o.strata})),
            site=_site(own[one], task),
            role=_agreed(own[one], "role", lambda work_item: work_item.role),
            official=_agreed(
                own[one], "official split", lambda work_item: work_item.official
            ),
        )
        if any(work_item.labelled for work_item in own[one])
        else Patient(patient_id=one, site=_site(own[one], task), labelled=False)
        for one in sorted(own)
    ]
    return deal(people, task.split, recorded=recorded)


def _strata(own: Mapping[str, Sequence[WorkItem]], task: Task) -> dict[str, str]:
    """What the split is balanced by: the class of the main target, or its number.

    Of several numbers it is the first; of a patient with several studies their mean.
    """
    if task.target.has_classes:
        return strata(
            {
                one: [name for o in all_ for name in o.strata]
                for one, all_ in own.items()
            }
        )
    numbers = {}
    for one, work_items in own.items():
        known = [o.target[0] for o in work_items if not math.isnan(o.target[0])]
        numbers[one] = fmean(known) if known else math.nan
    return quarters(numbers)


def _site(work_items: Sequence[WorkItem], task: Task) -> str:
    if task.split.kind != "site":
        return ""
    return _agreed(work_items, "site", lambda work_item: work_item.facts.site)


def _agreed(
    work_items: Sequence[WorkItem], what: str, value: Callable[[WorkItem], str]
) -> str:
    """What all samples of a patient say."""
    values = sorted({value(work_item) for work_item in work_items})
    if len(values) > 1:
        raise DataError(
            f"the samples of patient {work_items[0].patient_id} differ in {what} "
            f"({', '.join(repr(one) for one in values)}); a patient belongs to one. "
            f"State one {what} for all of them in the label file, or at the source. "
            f"Received: {work_items[0].private}"
        )
    return values[0]
