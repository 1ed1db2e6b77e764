"""Ingest from end to end: source -> cohort -> records -> data set directory."""

import shutil
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from pipelines.cohort import labels as label_file
from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion import (
    absent,
    from_dicom,
    from_medmnist,
    from_table,
    partial_directory,
)
from pipelines.ingestion.assign_splits import assign
from pipelines.ingestion.cohort import Cohort, Names, Unwanted, rejected
from pipelines.ingestion.duplicate_volumes import twins
from pipelines.ingestion.make_record import RecordNote, record_path
from pipelines.ingestion.request import Request, check_out, handed_on
from pipelines.ingestion.result import Result, flow_of, unwanted_by_why
from pipelines.ingestion.study_fault import NO_ROOM, no_room
from pipelines.ingestion.unlabelled import without_those_of_labelled_patients
from pipelines.ingestion.work_item import Rejection, WorkItem
from pipelines.ingestion.worker_pool import run_all
from pipelines.ingestion.write_dataset import Sample, write
from pipelines.privacy import linkage_file
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import key_fingerprint, load_key
from pipelines.records import directory as dataset_directory
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.records.manifest import Row
from pipelines.splits.patient import Assignment
from pipelines.splits.split import check_no_leak
from pipelines.storage.atomic_files import new_directory
from pipelines.storage.executors import Processes


def ingest(
    request: Request, *, executor: Executor | None = None, progress: bool = False
) -> Result:
    """Makes the data set `request.out`.

    It appears whole. Until then its records lie in `<out>.partial`; an interrupted run
    leaves them there, and the same request continues with them.

    Args:
        executor: what makes the records, by its `submit` (a cluster's, say), with
            `request.workers` workers that see the files; none = processes here.

    Raises:
        UsageError: the data set exists or can't be written, another ingest writes
            it, the key lies inside source or data set, or is not that of the data set
            that is extended.
        DataError: nothing can be used, the cohort can't be split, or the disk is full.
    """
    check_out(request)
    try:
        with (
            partial_directory.held(request.out) as growing,
            Processes(request.workers) as processes,
        ):
            return _ingest(request, growing, processes, executor, progress=progress)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DataError(no_room(error)) from error
        raise


def _ingest(
    request: Request,
    growing: Path,
    processes: Processes,
    executor: Executor | None,
    *,
    progress: bool,
) -> Result:
    key = load_key(request.key, outside=handed_on(request, growing))
    names = Names(key=key, linkage=Linkage.beside(request.key))
    names.linkage.check()  # before hours of work, not after
    before = _extended(request, key_fingerprint(key))
    rows = () if before is None else read_manifest(before)
    recorded = _recorded(rows)
    cohort = _cohort(request, names, processes, progress=progress)
    cohort = without_those_of_labelled_patients(cohort, recorded)
    names.linkage.save()
    (growing / "records").mkdir(exist_ok=True)
    kept = _kept(rows, before, cohort, request, growing)
    finished, rejections = _work_off(
        cohort, kept, request, growing, processes, executor, progress=progress
    )
    copied = tuple(work_item for work_item, _ in kept)
    cohort = replace(cohort, work_items=cohort.work_items + copied)
    flow = flow_of(cohort, finished, rejections, request.task)
    samples = _samples(cohort, request, growing, finished, recorded, rejections)
    with new_directory(request.out) as aside:
        data = write(
            aside,
            samples,
            rejections,
            task=request.task,
            key_fingerprint=key_fingerprint(key),
            flow=flow,
        )
    shutil.rmtree(growing)
    return Result(
        path=request.out,
        flow=flow,
        rejections=rejections,
        counts=data.counts,
        ignored=cohort.ignored,
        skipped=unwanted_by_why(cohort),
        kept=sum(work_item.sample_id in finished for work_item in copied),
    )


def _samples(
    cohort: Cohort,
    request: Request,
    growing: Path,
    finished: dict[str, RecordNote],
    recorded: dict[str, Assignment],
    rejections: Sequence[Rejection],
) -> list[Sample]:
    """Every whole record with the split of its patient."""
    work_items = [
        work_item for work_item in cohort.work_items if work_item.sample_id in finished
    ]
    if not work_items:
        first = f" First: {rejections[0].text()}" if rejections else ""
        raise DataError(
            f"no sample is left of {len(cohort.work_items) + len(cohort.rejections)} "
            f"found (not wanted by the task: {unwanted_by_why(cohort) or 'none'})."
            f"{first}"
        )
    assignments = assign(work_items, request.task, recorded=recorded)
    return [
        Sample(
            work_item=work_item,
            finished=finished[work_item.sample_id],
            assignment=assignments[work_item.patient_id],
            path=record_path(growing / "records", work_item),
        )
        for work_item in work_items
    ]


def _extended(request: Request, fingerprint: str) -> DataSet | None:
    """The data set that is extended."""
    if request.extend is None:
        return None
    before = dataset_directory.open_dataset(str(request.extend))
    if before.key_fingerprint != fingerprint:
        raise UsageError(
            f"{request.extend} was made with another key, so its patients can't be "
            "recognised. Name the key of the project with --key"
        )
    return before


def _recorded(rows: Sequence[Row]) -> dict[str, Assignment]:
    """The split of every patient of the data set that is extended."""
    check_no_leak((row.patient_id, row.group) for row in rows)
    return {row.patient_id: Assignment(split=row.split, fold=row.fold) for row in rows}


def _kept(
    rows: Sequence[Row],
    before: DataSet | None,
    cohort: Cohort,
    request: Request,
    growing: Path,
) -> list[tuple[WorkItem, RecordNote]]:
    """Samples that the source lacks, whose records are copied."""
    lacking = absent.absent_rows(rows, cohort)
    if before is None or not lacking:
        return []
    links = linkage_file.read(Linkage.beside(request.key).path)
    absent.check(lacking, before, request.task, choice=request.absent, links=links)
    if request.absent == "drop":
        return []
    return absent.kept_samples(lacking, before, growing / "records")


def _cohort(
    request: Request, names: Names, processes: Processes, *, progress: bool
) -> Cohort:
    if request.kind == "medmnist":
        return from_medmnist.cohort(request.source, request.task, names)
    labels = None
    if request.labels is not None:
        labels = label_file.read(request.labels, request.task)
    if request.kind == "table":
        cohort = from_table.cohort(request.source, labels, request.task, names)
    else:
        cohort = from_dicom.cohort(
            request.source,
            labels,
            request.task,
            names,
            processes=processes,
            progress=progress,
        )
    unused = _unused(labels, names)
    return replace(cohort, skipped=cohort.skipped | unused)


def _unused(labels: label_file.Labels | None, names: Names) -> dict[Unwanted, int]:
    """Rows of the label file whose patient or study is not there: a slip, perhaps."""
    kinds = {"patient_id": "patient", "study_id": "study"}
    if labels is None or labels.key not in kinds:
        return {}
    kind = kinds[labels.key]
    number = len(labels.rows.keys() - names.linkage.source_ids(kind))
    reason = Unwanted(why=f"rows of the label file, for no {kind} has their id")
    return {reason: number} if number else {}


def _work_off(
    cohort: Cohort,
    kept: Sequence[tuple[WorkItem, RecordNote]],
    request: Request,
    growing: Path,
    processes: Processes,
    executor: Executor | None,
    *,
    progress: bool,
) -> tuple[dict[str, RecordNote], tuple[Rejection, ...]]:
    """Whole records by sample_id, and all that was left out on the way to them."""
    outcomes = run_all(
        cohort.work_items,
        request.task,
        str(growing / "records"),
        processes=processes,
        executor=executor,
        progress=progress,
    )
    items = (*cohort.work_items, *(work_item for work_item, _ in kept))
    work_items = {work_item.sample_id: work_item for work_item in items}
    outcomes |= {work_item.sample_id: note for work_item, note in kept}
    notes = {
        sample_id: out
        for sample_id, out in outcomes.items()
        if isinstance(out, RecordNote)
    }
    failed = {
        sample_id: out for sample_id, out in outcomes.items() if sample_id not in notes
    }
    copies = twins(work_items, notes, request.task)
    finished = {
        sample_id: note for sample_id, note in notes.items() if sample_id not in copies
    }
    broken = [_rejection(work_items[name], error) for name, error in failed.items()]
    doubled = [
        replace(_rejection(work_items[name], twin.error), shown=twin.shown)
        for name, twin in copies.items()
    ]
    return finished, (*cohort.rejections, *broken, *doubled)


def _rejection(work_item: WorkItem, error: StudyError) -> Rejection:
    return rejected(
        error,
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        private=work_item.private,
    )
