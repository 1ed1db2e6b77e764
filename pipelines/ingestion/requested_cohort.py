"""The cohort that a request asks for, and where its patients are known to be."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.cohort import labels as label_file
from pipelines.cohort import masks as mask_file
from pipelines.cohort import series_file as series_files
from pipelines.cohort.series_file import SeriesFile
from pipelines.errors import UsageError
from pipelines.ingestion import (
    from_dicom,
    from_medmnist,
    from_table,
    images,
    label_rows,
)
from pipelines.ingestion.cohort import Cohort, Names, Unwanted
from pipelines.ingestion.request import SourceRequest
from pipelines.ingestion.unlabelled import without_those_of_labelled_patients
from pipelines.readers.dicom.scan import Scan
from pipelines.records import directory as dataset_directory
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.records.manifest import Row
from pipelines.splits.patient import Assignment
from pipelines.splits.split import check_no_leak
from pipelines.storage.executors import Processes


def requested_cohort(
    request: SourceRequest,
    names: Names,
    recorded: dict[str, Assignment],
    *,
    processes: Processes,
    progress: bool = False,
    scan: Scan | None = None,
) -> Cohort:
    """Looks through the source by headers and tables; no voxel is read.

    Args:
        names: which note every id that is there.
        recorded: the split of every patient of the data set that is extended.
        scan: of DICOM files, where their headers were read before.

    Raises:
        DataError: a table is wrong, ids in it are not as the images have them, or there
            is nothing.
    """
    if request.kind == "medmnist":
        cohort = from_medmnist.cohort(request.source, request.task, names)
        return without_those_of_labelled_patients(cohort, recorded)
    labels = None
    if request.labels is not None:
        labels = label_file.read(request.labels, request.task)
    masks = None
    if request.masks is not None:
        masks = mask_file.read(request.masks, request.task)
    if request.kind == "table":
        cohort = from_table.cohort(request.source, labels, request.task, names)
    else:
        series_file = None
        if request.series is not None:
            series_file = series_files.read(request.series, request.task)
        cohort = from_dicom.cohort(
            request.source,
            labels,
            request.task,
            names,
            masks=masks,
            processes=processes,
            progress=progress,
            scan=scan,
            series_file=series_file,
        )
        otherwise = _otherwise(series_file, request)
        cohort = replace(cohort, skipped=cohort.skipped | otherwise)
    if labels is not None:
        label_rows.check(request.labels, labels, names)
    if masks is not None:
        label_rows.tell_unused_masks(request.masks, masks, names)
    unused = label_rows.unused(labels, names)
    cohort = replace(cohort, skipped=cohort.skipped | unused)
    cohort = without_those_of_labelled_patients(cohort, recorded)
    if request.split_by == "image":
        return images.with_images(cohort, request.task, names)
    return cohort


def _otherwise(
    series_file: SeriesFile | None, request: SourceRequest
) -> dict[Unwanted, int]:
    """How many series the file names otherwise than the task; by series they count."""
    if series_file is None or request.task.unit == "series":
        return {}
    count = sum(series_file.others.values())
    why = "series that the series file gives no name of the task"
    return {Unwanted(why=why): count} if count else {}


def extended(
    extend: Path | None, fingerprint: str
) -> tuple[DataSet | None, tuple[Row, ...]]:
    """The data set that is extended, and its manifest.

    Args:
        fingerprint: of the key that names the patients now.

    Raises:
        UsageError: the data set was made with another key.
    """
    if extend is None:
        return None, ()
    before = dataset_directory.open_dataset(str(extend))
    if before.key_fingerprint != fingerprint:
        raise UsageError(
            f"{extend} was made with another key, so its patients can't be "
            "recognised. Name the key of the project with --key"
        )
    return before, read_manifest(before)


def recorded_splits(rows: Sequence[Row]) -> dict[str, Assignment]:
    """The split of every patient of a manifest."""
    check_no_leak((row.patient_id, row.group) for row in rows)
    return {row.patient_id: Assignment(split=row.split, fold=row.fold) for row in rows}
