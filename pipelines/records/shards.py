"""TFRecord shards: written whole, with size and SHA-256; read back in order."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import tensorflow as tf

from pipelines.records.shard import Shard
from pipelines.storage.atomic_files import replacing

SHARD_BYTES = 256 * 2**20


def write(
    records: Iterable[bytes],
    directory: str | Path,
    group: str,
    *,
    records_total: int,
    shard_bytes: int = SHARD_BYTES,
    gzip: bool = False,
) -> tuple[Shard, ...]:
    """Writes a group's records, in their order, to as few shards as their size asks.

    The first record tells the size of all (records of one task differ by a few
    bytes), so nothing is held back. Reading through a training epoch takes one record
    of each shard in turn, so records should come in an order that has nothing to do
    with their classes; the order of pseudonyms is one.

    Args:
        records_total: how many there are.
        shard_bytes: aim for the size of a shard before compression.

    Raises:
        ValueError: `records` gave another number of records.
    """
    records = iter(records)
    first = list(islice(records, 1))
    if not first:
        _check_total(0, records_total)
        return ()
    per_shard = max(1, shard_bytes // len(first[0]))
    shards = -(-records_total // per_shard)
    remaining = chain(first, records)
    written = []
    for index in range(shards):
        name = f"{group}-{index:05d}-of-{shards:05d}.tfrecord"
        stop, start = ((n * records_total) // shards for n in (index + 1, index))
        path = Path(directory) / name
        count = _write_one(islice(remaining, stop - start), path, gzip)
        written.append(_described(path, group, count))
    left_over = sum(1 for _ in remaining)
    _check_total(sum(shard.records for shard in written) + left_over, records_total)
    return tuple(written)


def read(path: str, *, gzip: bool = False) -> Iterator[bytes]:
    """The records of one shard, in their order.

    Raises:
        tf.errors.DataLossError: a byte of the file was changed, or its end is missing.
    """
    compression = "GZIP" if gzip else ""
    yield from tf.data.TFRecordDataset(path, compression).as_numpy_iterator()


def sha256(path: str | Path) -> str:
    """SHA-256 of a local file, 64 hex digits."""
    with open(path, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write_one(records: Iterable[bytes], path: Path, gzip: bool) -> int:
    options = tf.io.TFRecordOptions(compression_type="GZIP" if gzip else "")
    count = 0
    with replacing(path) as aside, tf.io.TFRecordWriter(str(aside), options) as writer:
        for record in records:
            writer.write(record)
            count += 1
    return count


def _described(path: Path, group: str, count: int) -> Shard:
    return Shard(
        name=path.name,
        group=group,
        records=count,
        bytes=path.stat().st_size,
        sha256=sha256(path),
    )


def _check_total(count: int, records_total: int) -> None:
    if count != records_total:
        raise ValueError(
            f"records_total is the number of records. Received: {records_total}, and "
            f"{count} records"
        )
