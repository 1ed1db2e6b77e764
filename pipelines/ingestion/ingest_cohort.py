"""Ingest from end to end: source -> cohort -> records -> data set directory."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from pipelines.cohort import series_file
from pipelines.errors import DataError, StudyError
from pipelines.ingestion import absent, images, partial_directory
from pipelines.ingestion.assign_splits import assign
from pipelines.ingestion.cohort import Cohort, Names, rejected
from pipelines.ingestion.duplicate_volumes import twins
from pipelines.ingestion.make_record import RecordNote, record_path
from pipelines.ingestion.near_copies import near_copies
from pipelines.ingestion.request import Request, check_out, handed_on
from pipelines.ingestion.requested_cohort import (
    extended,
    recorded_splits,
    requested_cohort,
)
from pipelines.ingestion.result import LeftOut, Result, flow_of, unwanted_by_why
from pipelines.ingestion.study_fault import NO_ROOM, no_room
from pipelines.ingestion.work_item import Rejection, WorkItem
from pipelines.ingestion.worker_pool import run_all
from pipelines.ingestion.write_dataset import Sample, write
from pipelines.privacy import linkage_file
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import key_fingerprint, load_key
from pipelines.records.data_set import DataSet
from pipelines.records.manifest import Row
from pipelines.splits.patient import Assignment
from pipelines.storage.atomic_files import new_directory
from pipelines.storage.executors import Processes
from pipelines.tasks.by_image import of_images


def ingest(
    request: Request,
    *,
    executor: Executor | None = None,
    progress: bool = False,
    left_out: Callable[[LeftOut], None] | None = None,
) -> Result:
    """Makes the data set `request.out`.

    It appears whole. Until then its records lie in `<out>.partial`; an interrupted run
    leaves them there, and the same request continues with them.

    Args:
        executor: what makes the records, by its `submit` (a cluster's, say), with
            `request.workers` workers that see the files; none = processes here.
        left_out: called with what is left out, as soon as that is known: before the
            cohort is split, which may fail for it.

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
            return _ingest(
                request, growing, processes, executor, left_out, progress=progress
            )
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DataError(no_room(error)) from error
        raise


def _ingest(
    request: Request,
    growing: Path,
    processes: Processes,
    executor: Executor | None,
    tell: Callable[[LeftOut], None] | None,
    *,
    progress: bool,
) -> Result:
    key = load_key(request.key, outside=handed_on(request, growing))
    names = Names(key=key, linkage=Linkage.beside(request.key))
    names.linkage.check()  # before hours of work, not after
    before, rows = extended(request.extend, key_fingerprint(key))
    recorded = recorded_splits(rows)
    cohort = requested_cohort(
        request, names, recorded, processes=processes, progress=progress
    )
    names.linkage.save()
    (growing / "records").mkdir(exist_ok=True)
    kept = _kept(rows, before, cohort, request, growing)
    finished, rejections = _work_off(
        cohort, kept, request, growing, processes, executor, progress=progress
    )
    copied = tuple(work_item for work_item, _ in kept)
    work_items = _by_id(cohort.work_items + copied)
    alike = near_copies(work_items, finished, request.task.channels)
    cohort = replace(cohort, work_items=alike.noted(work_items.values()))
    flow = flow_of(cohort, finished, rejections, request.task)
    left_out = replace(
        LeftOut.of(cohort, rejections, request.task), alike=alike.text(work_items)
    )
    if tell is not None:
        tell(left_out)
    samples = _samples(cohort, request, growing, finished, recorded, rejections)
    by_images = request.split_by == "image"
    stored = of_images(request.task) if by_images else request.task
    with new_directory(request.out) as aside:
        data = write(
            aside,
            samples,
            rejections,
            task=stored,
            split_by=request.split_by,
            key_fingerprint=key_fingerprint(key),
            flow=flow,
            series_file_sha256=_series_file_sha256(request),
        )
    shutil.rmtree(growing)
    return Result(
        **vars(left_out),
        path=request.out,
        flow=flow,
        counts=data.counts,
        split_by=request.split_by,
        kept=sum(work_item.sample_id in finished for work_item in copied),
    )


def _series_file_sha256(request: Request) -> str:
    if request.series is None:
        return ""
    return series_file.read(request.series, request.task).sha256


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
    each = list(images.samples(work_items, finished))
    assignments = assign([one for one, _ in each], request.task, recorded=recorded)
    return [
        Sample(
            work_item=one,
            finished=note,
            assignment=assignments[one.patient_id],
            path=record_path(growing / "records", one),
        )
        for one, note in each
    ]


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
    work_items = _by_id((*cohort.work_items, *(work_item for work_item, _ in kept)))
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


def _by_id(work_items: Sequence[WorkItem]) -> dict[str, WorkItem]:
    return {work_item.sample_id: work_item for work_item in work_items}


def _rejection(work_item: WorkItem, error: StudyError) -> Rejection:
    return rejected(
        error,
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        private=work_item.private,
    )
