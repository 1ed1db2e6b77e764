"""A tree of DICOM files as a cohort: headers only, no voxel is read here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pipelines.cohort import inclusion, sequence_matching, series_faults, trace
from pipelines.cohort.labels import Label, Labels
from pipelines.errors import DataError, StudyError
from pipelines.ingestion.cohort import (
    NO_LABEL,
    NO_RULE,
    Cohort,
    Names,
    Unwanted,
    by_sequence,
    find_label,
    rejected,
    strata,
)
from pipelines.ingestion.study_fault import attempt
from pipelines.ingestion.wanted_images import modalities, wanted_images
from pipelines.ingestion.work_item import DicomSource, Rejection, WorkItem
from pipelines.privacy.privacy import facts
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Fault, Series
from pipelines.readers.dicom.series import check as check_geometry
from pipelines.storage.executors import Processes
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


def cohort(
    directory: Path,
    labels: Labels | None,
    task: Task,
    names: Names,
    *,
    processes: Processes,
    progress: bool = False,
    scan: scan_dicom.Scan | None = None,
) -> Cohort:
    """Looks through `directory` and decides what becomes a record.

    Args:
        scan: of `directory`, where its headers were read before.

    Raises:
        DataError: there is no DICOM image at all.
    """
    if scan is None:
        scan = scan_dicom.scan(directory, processes=processes, progress=progress)
    scan = wanted_images(scan, task)
    if not scan.series and not scan.faults:
        raise DataError(
            f"no DICOM images below {directory} "
            f"of modality {' or '.join(sorted(modalities(task)))}. "
            f"Received: {sum(scan.ignored.values())} other files {dict(scan.ignored)}"
        )
    return Cohort.of(
        (
            _decide(candidate, labels, task, names)
            for candidate in candidates(scan, task)
        ),
        ignored=dict(scan.ignored),
    )


def candidates(scan: scan_dicom.Scan, task: Task) -> Iterator[Candidate]:
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


def _unit(series: Series | Fault, task: Task) -> str:
    if task.unit == "series":
        return series.series_uid
    return study_id(series, task) or series.study_uid


def _decide(
    candidate: Candidate, labels: Labels | None, task: Task, names: Names
) -> WorkItem | Rejection | Unwanted:
    """A work item, a rejection, or why the sample is not wanted."""
    first = candidate.first
    who = {
        "study_id": names.of_or_blank("study", study_id(first, task)),
        "patient_id": names.of_or_blank("patient", first.patient_id),
        "private": f"patient {first.patient_id or '?'}, study {first.study_uid}",
    }
    outcome = attempt(lambda: _work_item(candidate, labels, task, names, who))
    if isinstance(outcome, StudyError):
        return rejected(outcome, **who)
    return outcome


def _work_item(
    candidate: Candidate,
    labels: Labels | None,
    task: Task,
    names: Names,
    who: dict[str, str],
) -> WorkItem | Unwanted:
    _check_ids(candidate, task)
    chosen = choose(candidate, task)
    if not chosen:
        return NO_RULE
    label = _label(candidate, labels, task)
    if label is None:
        return NO_LABEL
    check_acquired(chosen, task)
    series = next(iter(chosen.values()))
    by_series = task.unit == "series"
    sample = series.key if by_series else study_id(candidate.first, task)
    site = names.of_or_blank("site", label.site or series.institution)
    return WorkItem(
        sample_id=names.of("sample", sample),
        **who,
        sources={name: DicomSource(series=each) for name, each in chosen.items()},
        target=label.target,
        covariates=label.covariates,
        strata=strata(label, task),
        role=label.role,
        facts=replace(facts(series, names.key), site=site),
        warnings=_warnings(chosen),
    )


def _warnings(chosen: dict[str, Series]) -> tuple[str, ...]:
    """What a series lacks, and what was computed of it."""
    lacking = sequence_matching.partial(chosen)
    computed = {name: trace.provenance(series) for name, series in chosen.items()}
    return tuple(
        f"{name}: {text}"
        for name, text in (*lacking.items(), *computed.items())
        if text
    )


def _check_ids(candidate: Candidate, task: Task) -> None:
    first = candidate.first
    for kind, value in (
        ("patient", first.patient_id),
        ("study", study_id(first, task)),
    ):
        if not value.strip():
            raise StudyError(
                code="missing_id",
                problem=f"the headers give no {kind} id",
                cure=f"Give it a {kind} id at the source; without one the split can't "
                "keep a patient together",
            )


def choose(
    candidate: Candidate,
    task: Task,
    *,
    any_series: bool = False,
    named: Mapping[str, Series] = MappingProxyType({}),
) -> dict[str, Series]:
    """The series behind every channel; empty where no rule wants a lone series.

    Args:
        any_series: with unit `series`, take a series that no rule names as well: a
            network that names series is there for just these.
        named: of sequences whose series a user named: no rule is asked for these, and
            none takes them for another sequence.

    Raises:
        StudyError: a sequence is missing or ambiguous, a file of it is broken, or the
            ids of its images are wrong.
    """
    series_faults.check_patients(candidate.series)
    scattered = series_faults.scattered(candidate.series)
    if task.unit == "series":
        if candidate.faults:
            raise candidate.faults[0].error
        if scattered:
            raise series_faults.scattered_fault(scattered[0])
        series = candidate.series[0]
        ruled = any(sequence.rules for sequence in task.sequences)
        if ruled and not any_series and sequence_matching.name(series, task) is None:
            return {}
        trace.check(series, task.channels[0], "trace")  # made only where asked for
        return {task.channels[0]: series}
    try:
        taken = {series.key for series in named.values()}
        others = tuple(each for each in candidate.series if each.key not in taken)
        chosen = sequence_matching.assign(others, task, named=named)
    except StudyError as error:
        if error.code == "missing_sequence" and candidate.faults:
            raise candidate.faults[0].error from error
        if error.code == "ambiguous_sequence" and scattered:
            raise series_faults.scattered_fault(scattered[0]) from error
        raise
    for group in scattered:
        if any(one in group for one in chosen.values()):
            raise series_faults.scattered_fault(group)
    uids = {series.series_uid for series in chosen.values()}
    for fault in candidate.faults:
        if fault.series_uid in uids or not fault.series_uid:
            raise fault.error
    return chosen


def _label(candidate: Candidate, labels: Labels | None, task: Task) -> Label | None:
    first = candidate.series[0]
    return find_label(
        labels,
        task,
        sequence=sequence_matching.name(first, task) if by_sequence(task) else "",
        patient_id=first.patient_id,
        study_id=study_id(first, task),
        series_id=first.key,
    )


def check_acquired(chosen: dict[str, Series], task: Task) -> None:
    """Whether they are whole, criteria of the task, geometry: from headers alone."""
    sequence_matching.check_whole(chosen, task)
    measured = {}
    for name, series in chosen.items():
        frame = series.frames[0]
        measured[name] = inclusion.Acquired(
            plane=series.plane,
            slices=len(series.frames),
            rows=frame.rows,
            columns=frame.columns,
        )
    inclusion.check(measured, task)
    for series in chosen.values():
        check_geometry(series)
