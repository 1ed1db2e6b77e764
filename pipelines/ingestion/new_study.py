"""Records of new studies, for prediction: the way of ingest, without ids or labels."""

import dataclasses
import math
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.cohort.masks import Masks, check_one_study
from pipelines.errors import StudyError, UsageError
from pipelines.ingestion import named_sequences, named_series, nifti_choice
from pipelines.ingestion.dicom_candidates import (
    Candidate,
    candidates,
    study_id,
    study_ids,
)
from pipelines.ingestion.dicom_choice import check_acquired, choose
from pipelines.ingestion.make_record import make_record
from pipelines.ingestion.named_series import NamedSeries
from pipelines.ingestion.natural_order import natural
from pipelines.ingestion.study_fault import attempt
from pipelines.ingestion.wanted_images import wanted_images
from pipelines.ingestion.work_item import DicomSource, NiftiSource, Source, WorkItem
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Series
from pipelines.storage.executors import Processes
from pipelines.tasks.task import Task


@dataclasses.dataclass(frozen=True, kw_only=True)
class OneRecord:
    """A new sample as a record, or why it can't be one.

    Args:
        name: by its number in the directory; says nothing of the patient.
        ids: the source's ids by name, private.
        record: bytes as in a data set's shards, without ids and target.
        error: what was wrong, where there is no record.
        series: the DICOM series of each sequence that the record was made of.
        kept: what whoever reads the studies wants kept of this one, see
            `zoo.prediction.study_source.StudySource`.
    """

    name: str
    ids: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)
    record: bytes | None = None
    error: StudyError | None = None
    series: Mapping[str, Series] = dataclasses.field(default_factory=dict, repr=False)
    kept: Any = dataclasses.field(default=None, repr=False)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class NewStudy:
    """A new sample that was found, and whose record is made when it is asked for.

    Args:
        name, ids: as of `OneRecord`.
        series: of which it may be made; with unit `series` one, or none where all its
            files are broken.
        make: reads its images and makes the record.
    """

    name: str
    ids: dict[str, str] = dataclasses.field(repr=False)
    series: tuple[Series, ...] = dataclasses.field(default=(), repr=False)
    make: Callable[[], OneRecord] = dataclasses.field(repr=False)


# Gives the covariates of a study, one number for each of the task's, by its ids, or
# raises a StudyError.
Covariates = Callable[[Mapping[str, str]], tuple[float, ...]]


def dicom_records(
    directory: str | Path,
    task: Task,
    *,
    workers: int = 1,
    covariates: Covariates | None = None,
    named: Mapping[str, NamedSeries] = MappingProxyType({}),
) -> Iterator[OneRecord]:
    """Every study below `directory` (every series, where that is the task's unit).

    They come as their folders lie: by the path of a study's first file, 2 before 10.

    Args:
        covariates: none = not known.
        named: by sequence, the series that is taken for it in the study that has it,
            whatever the task's rules say.

    Raises:
        DataError: there is no DICOM image.
        UsageError: a named series is not there.
    """
    options = {"workers": workers, "covariates": covariates, "named": named}
    for study in dicom_studies(directory, task, **options):
        yield study.make()


def dicom_studies(
    directory: str | Path,
    task: Task,
    *,
    workers: int = 1,
    covariates: Covariates | None = None,
    named: Mapping[str, NamedSeries] = MappingProxyType({}),
    masks: str | Masks | None = None,
    scan: scan_dicom.Scan | None = None,
) -> Iterator[NewStudy]:
    """The studies of `dicom_records`, of which only headers were read.

    Args:
        masks: the region of interest of the one study, or those of several.
        scan: of `directory`, where its headers were read before.

    Raises:
        DataError, UsageError: as `dicom_records`; one mask for several studies.
    """
    if scan is None:
        with Processes(workers) as processes:
            scan = scan_dicom.scan(directory, processes=processes)
    scan = wanted_images(scan, task)
    studies = list(candidates(scan, task))
    if not studies:
        raise scan_dicom.no_images(directory, scan.ignored, "that the task takes")
    if isinstance(masks, str) and len(studies) > 1:
        raise UsageError(
            f"--mask names one file, and {len(studies)} studies lie below {directory}. "
            "Name a table of masks: patient_id or study_id, and path"
        )
    by_patient = study_ids(studies, task)
    places = named_series.located(scan.series, named)
    for number, candidate in enumerate(sorted(studies, key=_place), 1):
        name, ids = _name(candidate, number, task), _ids(candidate, task)
        find = partial(_dicom_sources, candidate, task, places)
        mask = partial(_mask, masks, ids, by_patient) if masks else None
        make = partial(_one_record, name, ids, find, task, covariates, mask)
        yield NewStudy(name=name, ids=ids, series=candidate.series, make=make)


def series_record(
    named: Mapping[str, NamedSeries],
    task: Task,
    *,
    workers: int = 1,
    covariates: Covariates | None = None,
    mask: str | None = None,
) -> OneRecord:
    """The one study whose sequences are named DICOM series.

    Args:
        named: by sequence; with unit `series` one, named `series`.
        covariates: none = not known.
        mask: region of interest, for a task that crops to one.

    Raises:
        UsageError: a sequence that the task does not name, a series that is not there,
            or series of two patients.
    """
    named_sequences.check(named, task)
    folders = {os.path.realpath(each.folder): each.folder for each in named.values()}
    with Processes(workers) as processes:
        scans = [scan_dicom.scan(f, processes=processes) for f in folders.values()]
    found = {_files(each): each for scan in scans for each in scan.series}
    places = named_series.located(found.values(), named)
    series = tuple(dict.fromkeys(each for of in places.values() for each in of))
    if len({each.patient_id for each in series}) > 1:
        raise UsageError("--series names series of two patients; a study has one")
    candidate = Candidate(series=series)
    find = partial(_dicom_sources, candidate, task, places)
    ids = _ids(candidate, task)
    return _one_record("study 1", ids, find, task, covariates, _given(mask))


def nifti_record(
    files: Mapping[str, str | Path],
    task: Task,
    *,
    covariates: Covariates | None = None,
    mask: str | Path | None = None,
) -> OneRecord:
    """The one study whose sequences are named NIfTI files.

    Args:
        files: sequence -> path, of a 4-D file `path#frame=N` or `path#b=B`; with unit
            `series` one file, named `series`.
        covariates: none = not known.
        mask: region of interest, for a task that crops to one.

    Raises:
        UsageError: a sequence that the task does not name, or a frame or b-value that
            is no number.
    """
    named_sequences.check(files, task)
    sources = {n: named_sequences.nifti_source(str(f)) for n, f in files.items()}
    find = partial(_nifti_sources, sources, task)
    return _one_record("study 1", {}, find, task, covariates, _given(mask))


def _one_record(
    name: str,
    ids: dict[str, str],
    find: Callable[[], dict[str, Source]],
    task: Task,
    covariates: Covariates | None,
    mask: Callable[[], str] | None = None,
) -> OneRecord:
    """The record of a study, or its error.

    Args:
        mask: gives its path, or raises a StudyError; "" = the study has none.
        find: gives the sources by sequence, or raises a StudyError.
    """

    def make() -> OneRecord:
        known = (math.nan,) * len(task.covariates)
        work_item = WorkItem(
            sample_id="",
            study_id="",
            patient_id="",
            private="",
            target=(),
            covariates=known if covariates is None else covariates(ids),
            sources=find(),
            mask="" if mask is None else mask(),
        )
        series = {
            sequence: source.series
            for sequence, source in work_item.sources.items()
            if isinstance(source, DicomSource)
        }
        record = make_record(work_item, task).record
        return OneRecord(name=name, ids=ids, record=record, series=series)

    made = attempt(make)
    if isinstance(made, StudyError):
        return OneRecord(name=name, ids=ids, error=made)
    return made


def _given(mask: str | Path | None) -> Callable[[], str] | None:
    return None if mask is None else lambda: str(mask)


def _mask(
    masks: str | Masks, ids: Mapping[str, str], studies: Mapping[str, set[str]]
) -> str:
    """The path of a study's mask.

    Args:
        studies: ids of the studies of every patient.
    """
    if isinstance(masks, str):
        return masks
    patient_id = ids["patient_id"]
    path = masks.find(patient_id=patient_id, study_id=ids["study_id"])
    if path:
        check_one_study(studies[patient_id], masks)
    return path


def _dicom_sources(
    candidate: Candidate, task: Task, places: Mapping[str, tuple[Series, ...]]
) -> dict[str, Source]:
    named = named_series.of_study(places, candidate.series)
    chosen = choose(candidate, task, any_series=True, named=named)
    check_acquired(chosen, task)
    return {name: DicomSource(series=series) for name, series in chosen.items()}


def _nifti_sources(sources: Mapping[str, NiftiSource], task: Task) -> dict[str, Source]:
    nifti_choice.check_acquired(sources, task)
    return dict(sources)


def _place(candidate: Candidate) -> tuple:
    """Where a candidate stands: by its first file, the parts of a series by name."""
    files = (frame.path for series in candidate.series for frame in series.frames)
    first = min(map(natural, files), default=natural(""))
    return not candidate.series, first, candidate.first.series_uid, _part(candidate)


def _part(candidate: Candidate) -> tuple:
    return natural(candidate.series[0].part) if candidate.series else ()


def _files(series: Series) -> tuple:
    """What tells one series from another, by whichever path it was reached."""
    return series.key, *((os.path.realpath(f.path), f.index) for f in series.frames)


def _name(candidate: Candidate, number: int, task: Task) -> str:
    if task.unit != "series" or not candidate.series:
        return f"study {number}"
    series = candidate.series[0]
    return f"series {series.series_number} {series.part}".strip()


def _ids(candidate: Candidate, task: Task) -> dict[str, str]:
    ids = {
        "patient_id": candidate.first.patient_id,
        "study_id": study_id(candidate.first, task),
    }
    if task.unit == "series":
        first = candidate.first
        ids["series_id"] = first.key if candidate.series else first.series_uid
    return ids
