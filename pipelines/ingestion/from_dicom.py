"""A tree of DICOM files as a cohort: headers only, no voxel is read here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipelines.canonical.roi import no_mask
from pipelines.cohort import sequence_matching, trace
from pipelines.cohort.labels import Label, Labels
from pipelines.cohort.masks import Masks, check_one_study
from pipelines.cohort.series_file import SeriesFile
from pipelines.errors import StudyError
from pipelines.ingestion.cohort import (
    NO_LABEL,
    NO_RULE,
    UNNAMED,
    Cohort,
    Names,
    Unwanted,
    by_sequence,
    find_label,
    rejected,
    strata,
)
from pipelines.ingestion.dicom_candidates import (
    Candidate,
    candidates,
    study_id,
    study_ids,
)
from pipelines.ingestion.dicom_choice import check_acquired, choose, name
from pipelines.ingestion.study_fault import attempt
from pipelines.ingestion.wanted_images import modalities, wanted_images
from pipelines.ingestion.work_item import DicomSource, Rejection, WorkItem
from pipelines.privacy.privacy import facts
from pipelines.readers import nifti
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Series
from pipelines.storage.executors import Processes
from pipelines.tasks.task import Task

MaskOf = Callable[[Candidate, Task], str]


def cohort(
    directory: Path,
    labels: Labels | None,
    task: Task,
    names: Names,
    *,
    masks: Masks | None = None,
    processes: Processes,
    progress: bool = False,
    scan: scan_dicom.Scan | None = None,
    series_file: SeriesFile | None = None,
) -> Cohort:
    """Looks through `directory` and decides what becomes a record.

    Args:
        masks: of the studies; none = they have none.
        scan: of `directory`, where its headers were read before.
        series_file: what each series is, in place of the task's rules.

    Raises:
        DataError: there is no DICOM image at all, or the series file names a series
            that is not there.
    """
    if scan is None:
        scan = scan_dicom.scan(directory, processes=processes, progress=progress)
    everything, scan = scan, wanted_images(scan, task)
    if not scan.series and not scan.faults:
        kind = f"of modality {' or '.join(sorted(modalities(task)))}"
        raise scan_dicom.no_images(directory, scan.ignored, kind)
    found = tuple(candidates(scan, task))
    mask_of = None if masks is None else partial(_mask, masks, study_ids(found, task))
    if series_file is not None:
        series_file.check_ids(_series_ids(everything, found))
    return Cohort.of(
        (
            _decide(candidate, labels, task, names, mask_of, series_file)
            for candidate in found
        ),
        ignored=dict(scan.ignored),
    )


def _mask(
    masks: Masks, studies: dict[str, set[str]], candidate: Candidate, task: Task
) -> str:
    """The path of a study's mask, whose header is looked at; "" = it has none.

    Raises:
        StudyError: mask_of_which_study, or its file can't be read as a volume.
    """
    first = candidate.first
    path = masks.find(patient_id=first.patient_id, study_id=study_id(first, task))
    if path:
        check_one_study(studies[first.patient_id], masks)
        nifti.check_frame(None, nifti.header(path).frames, path)
    return path


def _series_ids(scan: scan_dicom.Scan, found: Iterable[Candidate]) -> Iterator[str]:
    """Every id by which a file may call a series, broken ones too."""
    yield from (series.key for series in scan.series)
    yield from (fault.series_uid for fault in scan.faults)
    yield from (series.key for candidate in found for series in candidate.series)


def _decide(
    candidate: Candidate,
    labels: Labels | None,
    task: Task,
    names: Names,
    mask_of: MaskOf | None,
    series_file: SeriesFile | None,
) -> WorkItem | Rejection | Unwanted:
    """A work item, a rejection, or why the sample is not wanted."""
    first = candidate.first
    who = {
        "study_id": names.of_or_blank("study", study_id(first, task)),
        "patient_id": names.of_or_blank("patient", first.patient_id),
        "private": f"patient {first.patient_id or '?'}, study {first.study_uid}",
    }
    outcome = attempt(
        lambda: _work_item(candidate, labels, task, names, who, mask_of, series_file)
    )
    if isinstance(outcome, StudyError):
        return rejected(outcome, **who)
    return outcome


def _work_item(
    candidate: Candidate,
    labels: Labels | None,
    task: Task,
    names: Names,
    who: dict[str, str],
    mask_of: MaskOf | None,
    series_file: SeriesFile | None,
) -> WorkItem | Unwanted:
    _check_ids(candidate, task)
    chosen = choose(candidate, task, series_file=series_file)
    if not chosen:
        return NO_RULE if series_file is None else UNNAMED
    label = _label(candidate, labels, task, series_file)
    if label is None:
        return NO_LABEL
    check_acquired(chosen, task)
    mask = "" if mask_of is None else mask_of(candidate, task)
    if task.steps.wants_mask and not mask:
        raise no_mask()
    series = next(iter(chosen.values()))
    by_series = task.unit == "series"
    sample = series.key if by_series else study_id(candidate.first, task)
    site = names.of_or_blank("site", label.site or series.institution)
    return WorkItem(
        sample_id=names.of("sample", sample),
        **who,
        sources={name: DicomSource(series=each) for name, each in chosen.items()},
        mask=mask,
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


def _label(
    candidate: Candidate,
    labels: Labels | None,
    task: Task,
    series_file: SeriesFile | None,
) -> Label | None:
    first = candidate.series[0]
    return find_label(
        labels,
        task,
        sequence=name(first, task, series_file) if by_sequence(task) else "",
        patient_id=first.patient_id,
        study_id=study_id(first, task),
        series_id=first.key,
    )
