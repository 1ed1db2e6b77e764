"""The split of every patient of a cohort whose records are finished."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from pipelines.errors import DataError
from pipelines.ingestion.work_item import WorkItem
from pipelines.splits.patient import Assignment, Patient, quarters, strata
from pipelines.splits.split import deal
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
    by_patient: dict[str, list[WorkItem]] = {}
    for work_item in work_items:
        by_patient.setdefault(work_item.patient_id, []).append(work_item)
    stratum = _strata(by_patient, task)
    patients = [
        _patient(patient_id, samples, stratum[patient_id], task)
        for patient_id, samples in sorted(by_patient.items())
    ]
    return deal(patients, task.split, recorded=recorded)


def _patient(
    patient_id: str, samples: Sequence[WorkItem], stratum: str, task: Task
) -> Patient:
    site = _site(samples, task)
    if not any(sample.labelled for sample in samples):
        return Patient(patient_id=patient_id, site=site, labelled=False)
    return Patient(
        patient_id=patient_id,
        stratum=stratum,
        classes=tuple(sorted({name for sample in samples for name in sample.strata})),
        site=site,
        role=_agreed(samples, "role", lambda sample: sample.role),
        official=_agreed(samples, "official split", lambda sample: sample.official),
    )


def _strata(by_patient: Mapping[str, Sequence[WorkItem]], task: Task) -> dict[str, str]:
    """What the split is balanced by: the class of the main target, or its number.

    Of several numbers it is the first; of a patient with several studies their mean.
    """
    if task.target.has_classes:
        return strata(
            {
                patient_id: [name for sample in samples for name in sample.strata]
                for patient_id, samples in by_patient.items()
            }
        )
    numbers = {}
    for patient_id, samples in by_patient.items():
        values = [sample.target[0] for sample in samples]
        known = [value for value in values if not math.isnan(value)]
        numbers[patient_id] = fmean(known) if known else math.nan
    return quarters(numbers)


def _site(samples: Sequence[WorkItem], task: Task) -> str:
    if task.split.kind != "site":
        return ""
    return _agreed(samples, "site", lambda sample: sample.facts.site)


def _agreed(
    samples: Sequence[WorkItem], what: str, value: Callable[[WorkItem], str]
) -> str:
    """What all samples of a patient say."""
    values = sorted({value(sample) for sample in samples})
    if len(values) > 1:
        raise DataError(
            f"the samples of patient {samples[0].patient_id} differ in {what} "
            f"({', '.join(map(repr, values))}); a patient belongs to one. "
            f"State one {what} for all of them in the label file, or at the source. "
            f"Received: {samples[0].private}"
        )
    return values[0]
