"""A data set of the records of another, copied byte for byte into other groups."""

import contextlib
import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.errors import DataError
from pipelines.records import directory as dataset_directory
from pipelines.records.data_set import CURE, DataSet
from pipelines.records.manifest import Row
from pipelines.records.shard import Shard, places
from pipelines.splits.split import check_no_leak
from pipelines.storage import remote
from pipelines.tasks.task import Task

Record = tuple[Row, bytes]


def write(data: DataSet, rows: Sequence[Row], directory: Path, *, task: Task) -> None:
    """Writes the records of `rows` as a data set; each shard is read once.

    Records stand in the order of their pseudonyms, where those of `data` do.

    Args:
        rows: of `data`'s manifest, all of a group or none, but with the split and the
            fold that they have in the copy.
        directory: empty.
        task: of the copy, with the `spec` of `data`.

    Raises:
        DataError: a patient in two groups, or a shard that is damaged.
        OSError: the disk is full.
    """
    from pipelines.batches import damaged_records  # TensorFlow: it takes seconds
    from pipelines.records import shards

    check_no_leak((row.patient_id, row.group) for row in rows)
    remote.prepare(data.path)
    copied: dict[str, list[Row]] = {}
    with contextlib.ExitStack() as stack:
        writers = {
            group: stack.enter_context(
                shards.GroupWriter(
                    directory, group, records_total=total, gzip=task.steps.gzip
                )
            )
            for group, total in Counter(row.group for row in rows).items()
        }
        with damaged_records.guard(data):
            for row, record in _in_order(data, rows):
                writers[row.group].write(record)
                copied.setdefault(row.group, []).append(row)
    groups = sorted(copied)
    dataset_directory.write(
        directory,
        task=task,
        shards=[shard for group in groups for shard in writers[group].shards],
        rows=[
            replace(row, shard=shard, position=position)
            for group in groups
            for row, (shard, position) in zip(
                copied[group], places(writers[group].shards), strict=True
            )
        ],
        key_fingerprint=data.key_fingerprint,
        split_by=data.split_by,
    )


def records(data: DataSet, rows: Sequence[Row]) -> Iterator[Record]:
    """Some of the records of a data set, shard by shard.

    Raises:
        DataError: a shard is damaged.
    """
    from pipelines.batches import damaged_records  # TensorFlow: it takes seconds

    remote.prepare(data.path)
    wanted = {(row.shard, row.position): row for row in rows}
    with damaged_records.guard(data):
        for shard in data.shards:
            if any(name == shard.name for name, _ in wanted):
                for _, row, record in _of_shard(data, shard, wanted):
                    if row is not None:
                        yield row, record


def _in_order(data: DataSet, rows: Sequence[Row]) -> Iterator[Record]:
    """The records of all groups, merged by sample_id."""
    wanted = {(row.shard, row.position): row for row in rows}
    groups = sorted({s.group for s in data.shards if (s.name, 0) in wanted})
    streams = [_of_group(data, group, wanted) for group in groups]
    return heapq.merge(*streams, key=lambda record: record[0].sample_id)


def _of_group(
    data: DataSet, group: str, wanted: Mapping[tuple[str, int], Row]
) -> Iterator[Record]:
    for shard in data.shards:
        if shard.group == group:
            for position, row, record in _of_shard(data, shard, wanted):
                if row is None:
                    raise _not_of_manifest(data, shard, position)
                yield row, record


def _of_shard(
    data: DataSet, shard: Shard, wanted: Mapping[tuple[str, int], Row]
) -> Iterator[tuple[int, Row | None, bytes]]:
    """Every record with its place, and its row where it is wanted."""
    from pipelines.records import shards
    from pipelines.records.encode import checksum

    records = shards.read(data.shard_path(shard), gzip=data.task.steps.gzip)
    for position, record in enumerate(records):
        row = wanted.get((shard.name, position))
        if row is not None and checksum(record) != row.checksum:
            raise _not_of_manifest(data, shard, position)
        yield position, row, record


def _not_of_manifest(data: DataSet, shard: Shard, position: int) -> DataError:
    return DataError(
        f"record {position} of shard {shard.name} of {data.path} is not the one of its "
        f"manifest.csv. {CURE}"
    )
