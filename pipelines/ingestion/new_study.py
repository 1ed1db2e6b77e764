"""Records of new studies, for prediction: the way of ingest, without ids or labels."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pipelines.canonical.canonicalise import canonicalise
from pipelines.cohort import inclusion
from pipelines.errors import DataError, StudyError
from pipelines.ingestion.from_dicom import (
    Candidate,
    candidates,
    check_acquired,
    choose,
    study_id,
)
from pipelines.ingestion.make_record import read_source
from pipelines.ingestion.work_item import DicomSource, NiftiSource, Source
from pipelines.readers import nifti
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.volume import Study
from pipelines.records.encode import Sample, encode
from pipelines.tasks.task import Task


@dataclasses.dataclass(frozen=True, kw_only=True)
class OneRecord:
    """A new sample as a record, or why it can't be one.

    Args:
        name: by its number in the directory; says nothing of the patient.
        ids: the source's ids by name, private.
        record: bytes as in a data set's shards, without ids and target.
        error: what was wrong, where there is no record.
    """

    name: str
    ids: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)
    record: bytes | None = None
    error: StudyError | None = None


Covariates = Callable[[Mapping[str, str]], tuple[float, ...]]


def unknown_covariates(task: Task) -> tuple[float, ...]:
    """What a record holds of covariates where nobody asks for them."""
    return (float("nan"),) * len(task.covariates)


def dicom_records(
    directory: str | Path,
    task: Task,
    *,
    workers: int = 1,
    covariates: Covariates | None = None,
) -> Iterator[OneRecord]:
    """Every study below `directory` (every series, where that is the task's unit).

    Args:
        covariates: gives a study's, one number for each of the task's, by its ids, or
            raises a StudyError; none = not known.

    Raises:
        DataError: there is no DICOM image.
    """
    scan = scan_dicom.scan(directory, workers=workers)
    found = list(candidates(scan, task))
    if not found:
        raise DataError(f"no DICOM images below {directory}")
    for number, candidate in enumerate(found, 1):
        name, ids = _name(candidate, number, task), _ids(candidate, task)
        try:
            known = unknown_covariates(task) if covariates is None else covariates(ids)
            record = _dicom_record(candidate, task, known)
            yield OneRecord(name=name, ids=ids, record=record)
        except StudyError as error:
            yield OneRecord(name=name, ids=ids, error=error)


def nifti_record(
    files: Mapping[str, str | Path],
    task: Task,
    covariates: tuple[float, ...],
    mask: str | Path | None = None,
) -> bytes:
    """The record of one study whose sequences are named NIfTI files.

    Args:
        files: sequence -> path; with unit `series` one file, named `series`.
        covariates: one number for each of the task's, NaN = not known.
        mask: region of interest, for a task that crops to one.

    Raises:
        DataError: a sequence that the task does not name.
        StudyError: a file can't be used, or a criterion of the task is not met.
    """
    unknown = sorted(set(files) - set(task.channels))
    if unknown:
        raise DataError(
            f"the task {task.name} has the sequences {', '.join(task.channels)}. "
            f"Received: {', '.join(unknown)}"
        )
    sources, measured = {}, {}
    for name, path in files.items():
        header = nifti.header(path)
        rows, columns = header.matrix
        measured[name] = inclusion.Acquired(
            plane=header.plane, slices=header.slices, rows=rows, columns=columns
        )
        sources[name] = NiftiSource(path=str(path))
    inclusion.check(measured, task)
    return _record(sources, task, covariates, mask)


def _dicom_record(
    candidate: Candidate, task: Task, covariates: tuple[float, ...]
) -> bytes:
    chosen = choose(candidate, task, any_series=True)
    check_acquired(chosen, task)
    sources = {name: DicomSource(series=one) for name, one in chosen.items()}
    return _record(sources, task, covariates)


def _record(
    sources: Mapping[str, Source],
    task: Task,
    covariates: tuple[float, ...],
    mask: str | Path | None = None,
) -> bytes:
    volumes = {name: read_source(source, name) for name, source in sources.items()}
    region = None if mask is None else nifti.read_image(str(mask))
    study = Study(study_id="", patient_id="", volumes=volumes, mask=region)
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=canonicalise(study, task),
        covariates=covariates,
    )
    return encode(sample, task).record


def _name(candidate: Candidate, number: int, task: Task) -> str:
    if task.unit != "series" or not candidate.series:
        return f"study {number}"
    one = candidate.series[0]
    return f"series {one.series_number} {one.part}".strip()


def _ids(candidate: Candidate, task: Task) -> dict[str, str]:
    ids = {
        "patient_id": candidate.first.patient_id,
        "study_id": study_id(candidate.first, task),
    }
    if task.unit == "series" and candidate.series:
        ids["series_id"] = candidate.series[0].key
    return ids
