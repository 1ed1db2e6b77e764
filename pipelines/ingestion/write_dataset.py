"""The data set directory of finished records: shards, manifest, rejected.csv."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.cohort.inclusion import Flow
from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.work_item import Rejection, WorkItem
from pipelines.records import directory as dataset_directory
from pipelines.records.data_set import DataSet, SplitBy
from pipelines.records.manifest import Row
from pipelines.records.shard import Shard, places
from pipelines.splits.patient import Assignment
from pipelines.splits.split import check_no_leak
from pipelines.storage import config_files, csv_files
from pipelines.storage.atomic_files import write_text
from pipelines.tasks.task import Task

REJECTED_COLUMNS = ("study_id", "patient_id", "code", "problem", "cure")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A whole record on its way into a shard."""

    work_item: WorkItem
    finished: RecordNote
    assignment: Assignment
    path: Path


def write(
    directory: Path,
    samples: Sequence[Sample],
    rejections: Iterable[Rejection],
    *,
    task: Task,
    key_fingerprint: str,
    flow: Flow,
    split_by: SplitBy = "patient",
    series_file_sha256: str = "",
) -> DataSet:
    """Writes a data set into `directory`, which is empty.

    Records stand in the order of their pseudonyms, which has nothing to do with
    anything, so a shard is shuffled already and the same input gives the same bytes.

    Raises:
        DataError: a patient is in two groups.
        OSError: the disk is full.
    """
    check_no_leak((s.work_item.patient_id, s.assignment.group) for s in samples)
    written: list[Shard] = []
    rows: list[Row] = []
    for group in sorted({sample.assignment.group for sample in samples}):
        members = [s for s in samples if s.assignment.group == group]
        members.sort(key=lambda sample: sample.work_item.sample_id)
        files = _write_group(members, directory, group, task)
        written += files
        for sample, (shard, position) in zip(members, places(files), strict=True):
            rows.append(_row(sample, shard, position))
    write_text(directory / "rejected.csv", rejected_csv(rejections))
    return dataset_directory.write(
        directory,
        task=task,
        shards=written,
        rows=rows,
        key_fingerprint=key_fingerprint,
        flow=config_files.plain(flow),
        split_by=split_by,
        series_file_sha256=series_file_sha256,
    )


def rejected_csv(rejections: Iterable[Rejection]) -> str:
    """The text of rejected.csv: pseudonyms, and what was wrong in words of ours."""
    rows = (
        [getattr(rejection, name) for name in REJECTED_COLUMNS]
        for rejection in rejections
    )
    return csv_files.to_text_for_people(REJECTED_COLUMNS, sorted(rows))


def _write_group(
    samples: Sequence[Sample], directory: Path, group: str, task: Task
) -> tuple[Shard, ...]:
    from pipelines.records import shards  # TensorFlow: the cohort is refused before

    return shards.write(
        (sample.path.read_bytes() for sample in samples),
        directory,
        group,
        records_total=len(samples),
        gzip=task.steps.gzip,
    )


def _row(sample: Sample, shard: str, position: int) -> Row:
    work_item, facts = sample.work_item, sample.work_item.facts
    return Row(
        sample_id=work_item.sample_id,
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        split=sample.assignment.split,
        fold=sample.assignment.fold,
        role=work_item.role,
        target=work_item.target,
        covariates=work_item.covariates,
        shard=shard,
        position=position,
        checksum=sample.finished.checksum,
        volume_hash=sample.finished.volume_hash,
        channel_hashes=sample.finished.channel_hashes,
        clipped=sample.finished.clipped,
        vendor=facts.vendor,
        field_strength_t=facts.field_strength_t,
        site=facts.site,
        sex=facts.sex,
        age_band=facts.age_band,
        warnings="; ".join(work_item.warnings),
    )
