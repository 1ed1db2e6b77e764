"""Finished records become a data set: split, shards, manifest, dataset.json."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from pipelines.errors import DataError
from pipelines.ingestion.work_item import Order
from pipelines.splits.patient import quarters
from pipelines.splits.split import Assignment, Patient, deal, strata
from pipelines.tasks.task import Task


def assign(
    orders: Sequence[Order], task: Task, *, recorded: dict[str, Assignment]
) -> dict[str, Assignment]:
    """The split of every patient, by patient_id.

    Args:
        recorded: assignments of an earlier data set, which stay as they are.

    Raises:
        DataError: the cohort can't be split as the task asks, or the samples of a
            patient contradict each other.
    """
    own: dict[str, list[Order]] = {}
    for order in orders:
        own.setdefault(order.patient_id, []).append(order)
    stratum = _strata(own, task)
    people = [
        Patient(
            patient_id=one,
            stratum=stratum[one],
            classes=tuple(sorted({name for o in own[one] for name in o.strata})),
            site=_site(own[one], task),
            role=_agreed(own[one], "role", lambda order: order.role),
            official=_agreed(own[one], "official split", lambda order: order.official),
        )
        if any(order.labelled for order in own[one])
        else Patient(patient_id=one, site=_site(own[one], task), labelled=False)
        for one in sorted(own)
    ]
    return deal(people, task.split, recorded=recorded)


def _strata(own: Mapping[str, Sequence[Order]], task: Task) -> dict[str, str]:
    """What the split is balanced by: the class of the main target, or its number.

    Of several numbers it is the first; of a patient with several studies their mean.
    """
    if task.target.kind != "regression":
        return strata(
            {
                one: [name for o in all_ for name in o.strata]
                for one, all_ in own.items()
            }
        )
    numbers = {}
    for one, orders in own.items():
        known = [o.target[0] for o in orders if not math.isnan(o.target[0])]
        numbers[one] = fmean(known) if known else math.nan
    return quarters(numbers)


def _site(orders: Sequence[Order], task: Task) -> str:
    if task.split.kind != "site":
        return ""
    return _agreed(orders, "site", lambda order: order.facts.site)


def _agreed(orders: Sequence[Order], what: str, value: Callable[[Order], str]) -> str:
    """What all samples of a patient say."""
    values = sorted({value(order) for order in orders})
    if len(values) > 1:
        raise DataError(
            f"the samples of patient {orders[0].patient_id} differ in {what} "
            f"({', '.join(repr(one) for one in values)}); a patient belongs to one. "
            f"State one {what} for all of them in the label file, or at the source. "
            f"Received: {orders[0].private}"
        )
    return values[0]
