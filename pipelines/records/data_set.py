"""A data set as a value: its task, its shards, what they hold."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pipelines.errors import DataError
from pipelines.records import manifest
from pipelines.records.manifest import Row
from pipelines.records.shard import Shard
from pipelines.storage import remote
from pipelines.tasks.task import Task

FORMAT = 3  # of what is written
SplitBy = Literal["patient", "image"]
LEAKS = (
    "SPLIT BY IMAGE: slices of the same patients trained and are judged, so these "
    "results flatter; what counts as a patient is an image"
)
CURE = "Copy the data set again, or ingest again"


@dataclass(frozen=True, kw_only=True)
class Count:
    """How much a group holds.

    Args:
        classes: samples by class name, in the task's order; for multilabel positives.
    """

    samples: int
    patients: int
    classes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A data set that was opened or just written.

    Args:
        path: directory, or URL of one. Not part of dataset.json.
        format: of its files, see `pipelines.records.formats`.
        counts: by group, see `Shard.group`.
        digest: of the shards' and the manifest's content, 64 hex digits.
        manifest_sha256: of manifest.csv, 64 hex digits.
        key_fingerprint: of the project key that made the pseudonyms.
        versions: of the packages that wrote it.
        split_by: what was dealt to the splits: `"image"` leaks, and what counts as a
            patient is then an image.
        flow: how many studies were found, excluded and why, as ingest counted.
        series_file_sha256: of the table that said what each series is; "" = rules did,
            and dataset.json does not have it.
    """

    path: str = ""
    format: int = FORMAT
    task: Task
    shards: tuple[Shard, ...]
    counts: dict[str, Count]
    digest: str
    manifest_sha256: str
    key_fingerprint: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    flow: dict[str, Any] = field(default_factory=dict)
    split_by: SplitBy = "patient"
    series_file_sha256: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names by class index."""
        return self.task.target.classes

    @property
    def groups(self) -> tuple[str, ...]:
        """All groups that have records, sorted."""
        return tuple(sorted({shard.group for shard in self.shards}))

    def shard_path(self, shard: Shard) -> str:
        """Where a shard is."""
        return remote.join(self.path, shard.name)


def content_digest(shards: Iterable[Shard], manifest_sha256: str) -> str:
    """64 hex digits that change with any byte of shards or manifest."""
    lines = sorted(f"{shard.sha256}  {shard.name}" for shard in shards)
    lines.append(f"{manifest_sha256}  manifest.csv")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_manifest(data: DataSet) -> tuple[Row, ...]:
    """The rows of the data set's manifest, but for those of classes held out.

    Raises:
        DataError: no manifest.csv, or one that does not read.
    """
    rows, target = read_stated_manifest(data), data.task.target
    if not target.held_out_classes:
        return rows
    index = {
        stated: target.classes.index(name)
        for stated, name in enumerate(target.stated_classes)
        if name in target.classes
    }
    known = []
    for row in rows:
        if row.target and not math.isnan(row.target[0]):
            main, *further = row.target
            if int(main) not in index:
                continue
            row = replace(row, target=(float(index[int(main)]), *further))
        known.append(row)
    return tuple(known)


def read_stated_manifest(data: DataSet) -> tuple[Row, ...]:
    """All rows, and classes by the index that records state.

    Raises:
        DataError: as `read_manifest`.
    """
    try:
        text = remote.read_text(remote.join(data.path, "manifest.csv"))
    except FileNotFoundError as error:
        raise DataError(f"{data.path} lacks manifest.csv. {CURE}") from error
    return manifest.from_csv(text, data.task)


def count_groups(rows: tuple[Row, ...], task: Task) -> dict[str, Count]:
    return {
        group: _count([row for row in rows if row.group == group], task)
        for group in sorted({row.group for row in rows})
    }


def _count(rows: list[Row], task: Task) -> Count:
    class_counts: Counter[int] = Counter()
    if task.target.is_single_label:
        labels = (row.target[0] for row in rows if row.target)
        class_counts.update(int(label) for label in labels if not math.isnan(label))
    elif task.target.has_classes:
        for row in rows:
            class_counts.update(i for i, value in enumerate(row.target) if value == 1)
    return Count(
        samples=len(rows),
        patients=len({row.patient_id for row in rows}),
        classes={name: class_counts[i] for i, name in enumerate(task.target.classes)},
    )
