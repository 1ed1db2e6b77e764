"""What of a scan may become a sample: studies, or series where these are the unit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.cohort import sequence_matching, series_faults
from pipelines.readers.dicom.headers import Fault, Series
from pipelines.readers.dicom.scan import Scan
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What may become a sample.

    Args:
        series: all series of a study; by series, one alone.
        faults: broken files that belong to it.
    """

    series: tuple[Series, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def first(self) -> Series | Fault:
        """Whoever knows the ids."""
        return (self.series or self.faults)[0]


def candidates(scan: Scan, task: Task) -> Iterator[Candidate]:
    """Studies, or series where these are the task's unit, in the order of their ids."""
    series: dict[str, list[Series]] = {}
    faults: dict[str, list[Fault]] = {}
    for scanned in scan.series:
        series.setdefault(_unit(scanned, task), []).append(scanned)
    for fault in scan.faults:
        faults.setdefault(_unit(fault, task), []).append(fault)
    scattered = {
        one.series_uid: group
        for group in series_faults.scattered(scan.series)
        for one in group
    }
    for key in sorted({*series, *faults}):
        group = sorted(series.get(key, ()), key=lambda scanned: scanned.key)
        broken = tuple(faults.get(key, ()))
        if task.unit == "series" and group:
            for together in _of_one_uid(group, scattered.get(key, ()), task):
                yield Candidate(series=together, faults=broken)
        else:
            yield Candidate(series=tuple(group), faults=broken)


def _of_one_uid(
    series: Sequence[Series], scattered: tuple[Series, ...], task: Task
) -> Iterator[tuple[Series, ...]]:
    """What stands or falls together where the unit is the series.

    Nearly always one part of a series; all of it where its images name two patients;
    a stack whose slices are a series each, once, with its first.
    """
    if scattered:
        if series[0] is min(scattered, key=lambda one: one.series_uid):
            yield scattered
        return
    by_study: dict[str, list[Series]] = {}
    for one in series:
        by_study.setdefault(one.study_uid, []).append(one)
    for group in by_study.values():
        if len({one.patient_id for one in group}) > 1:
            yield tuple(group)
        else:
            yield from ((one,) for one in sequence_matching.with_traces(group, task))


def study_id(series: Series | Fault, task: Task) -> str:
    """The id that the task calls the study's."""
    by_accession = task.study_key == "accession_number"
    return series.accession_number if by_accession else series.study_uid


def study_ids(found: Iterable[Candidate], task: Task) -> dict[str, set[str]]:
    """The ids of the studies of every patient, by PatientID."""
    studies: dict[str, set[str]] = {}
    for candidate in found:
        first = candidate.first
        studies.setdefault(first.patient_id, set()).add(study_id(first, task))
    return studies


def _unit(series: Series | Fault, task: Task) -> str:
    if task.unit == "series":
        return series.series_uid
    return study_id(series, task) or series.study_uid
