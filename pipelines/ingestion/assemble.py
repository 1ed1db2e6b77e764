"""Finished records become a data set: split, shards, manifest, dataset.json."""

from collections.abc import Callable, Sequence

from pipelines.cohort.split import Assignment, Patient, deal, strata
from pipelines.errors import DataError
from pipelines.ingestion.orders import Order
from pipelines.task import Task


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
    classes = strata(
        {one: [name for o in all_ for name in o.strata] for one, all_ in own.items()}
    )
    people = [
        Patient(
            patient_id=one,
            stratum=classes[one],
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
