"""Samples of the data set that is extended which the source lacks: kept, or dropped."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipelines.cohort.labels import Label
from pipelines.errors import UsageError
from pipelines.ingestion import cohort as cohorts
from pipelines.ingestion import record_copies
from pipelines.ingestion.cohort import Cohort
from pipelines.ingestion.make_record import RecordNote, record_path
from pipelines.ingestion.work_item import WorkItem
from pipelines.privacy.linkage_file import Link
from pipelines.readers.facts import Facts
from pipelines.records.data_set import DataSet
from pipelines.records.manifest import Row
from pipelines.tasks.task import Task

_NAMED = 10  # patients in a message


def absent_rows(rows: Iterable[Row], cohort: Cohort) -> tuple[Row, ...]:
    """The rows whose sample the cohort neither has nor rejects."""
    samples = {work_item.sample_id for work_item in cohort.work_items}
    rejected = {rejection.study_id for rejection in cohort.rejections}
    return tuple(
        row
        for row in rows
        if row.sample_id not in samples and row.study_id not in rejected
    )


def check(
    absent: Sequence[Row],
    before: DataSet,
    task: Task,
    *,
    choice: str | None,
    links: Mapping[str, Link],
) -> None:
    """Refuses to drop or to keep samples without a word.

    Args:
        choice: `"keep"`, `"drop"`, or none.
        links: what pseudonyms stand for, for the terminal.

    Raises:
        UsageError: there are some and nobody chose, or they are to be kept and the
            task makes other records of them.
    """
    if not absent or choice == "drop":
        return
    if choice == "keep":
        if before.task.spec != task.spec:
            raise UsageError(
                f"--absent keep copies records of {before.path}, and the task makes "
                "other ones (its grid, sequences, steps, target or covariates differ). "
                "Name the task of that data set, or ingest its studies again"
            )
        return
    patients = sorted({row.patient_id for row in absent})
    names = [links[p].source_id if p in links else p for p in patients]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    raise UsageError(
        f"the source lacks {len(absent)} samples of {len(patients)} patients of "
        f"{before.path}: {', '.join(names[:_NAMED])}{more}. Keep their records with "
        "--absent keep, leave them out with --absent drop, or add their studies"
    )


def kept_work_items(absent: Iterable[Row], task: Task) -> tuple[WorkItem, ...]:
    """What `absent` becomes where its records are kept."""
    return tuple(_work_item(row, task) for row in absent)


def kept_samples(
    absent: Sequence[Row], before: DataSet, folder: Path
) -> list[tuple[WorkItem, RecordNote]]:
    """Copies the records of `absent` into `folder`, where those of new samples lie.

    Raises:
        DataError: a shard of `before` is damaged.
        OSError: the disk is full.
    """
    kept = []
    for row, record in record_copies.records(before, absent):
        work_item = _work_item(row, before.task)
        record_path(folder, work_item).write_bytes(record)
        kept.append((work_item, _note(row)))
    return kept


def _note(row: Row) -> RecordNote:
    return RecordNote(
        digest="",
        checksum=row.checksum,
        clipped=row.clipped,
        volume_hash=row.volume_hash,
        channel_hashes=row.channel_hashes,
    )


def _work_item(row: Row, task: Task) -> WorkItem:
    target = row.target or (math.nan,) * task.target_size
    return WorkItem(
        sample_id=row.sample_id,
        study_id=row.study_id,
        patient_id=row.patient_id,
        private=f"study {row.study_id} of the data set that is extended",
        sources={},
        target=target,
        covariates=row.covariates,
        strata=cohorts.strata(Label(target=target), task),
        role=row.role,
        official=row.split if task.split.kind == "official" else "",
        facts=Facts(
            vendor=row.vendor,
            field_strength_t=row.field_strength_t,
            site=row.site,
            sex=row.sex,
            age_band=row.age_band,
        ),
        warnings=tuple(filter(None, row.warnings.split("; "))),
    )
