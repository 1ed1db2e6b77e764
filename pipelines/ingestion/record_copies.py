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
from pipelines.records.shard import places
from pipelines.splits.split import check_no_leak
from pipelines.storage import remote
from pipelines.tasks.task import Task

_Record = tuple[Row, bytes]


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
    )


def _in_order(data: DataSet, rows: Sequence[Row]) -> Iterator[_Record]:
    """The records of all groups, merged by sample_id."""
    wanted = {(row.shard, row.position): row for row in rows}
    groups = sorted({s.group for s in data.shards if (s.name, 0) in wanted})
    streams = [_of_group(data, group, wanted) for group in groups]
    return heapq.merge(*streams, key=lambda record: record[0].sample_id)


def _of_group(
    data: DataSet, group: str, wanted: Mapping[tuple[str, int], Row]
) -> Iterator[_Record]:
    from pipelines.records import shards
    from pipelines.records.encode import checksum

    for shard in data.shards:
        if shard.group != group:
            continue
        records = shards.read(data.shard_path(shard), gzip=data.task.steps.gzip)
        for position, record in enumerate(records):
            row = wanted.get((shard.name, position))
            if row is None or checksum(record) != row.checksum:
                raise DataError(
                    f"record {position} of shard {shard.name} of {data.path} is not "
                    f"the one of its manifest.csv. {CURE}"
                )
            yield row, record
