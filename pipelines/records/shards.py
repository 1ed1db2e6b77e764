"""TFRecord shards: written whole, with size and SHA-256; read back in order."""

import contextlib
import errno
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

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
    """Writes a group's records, in their order; see `GroupWriter`.

    Raises:
        ValueError: `records` gave another number of records.
        OSError: the disk is full.
    """
    with GroupWriter(
        directory,
        group,
        records_total=records_total,
        shard_bytes=shard_bytes,
        gzip=gzip,
    ) as writer:
        for record in records:
            writer.write(record)
    return tuple(writer.shards)


class GroupWriter:
    """Writes a group's records, one by one, to as few shards as their size asks.

    The first record tells the size of all (records of one task differ by a few
    bytes), so nothing is held back. Reading through a training epoch takes one record
    of each shard in turn, so records should come in an order that has nothing to do
    with their classes; the order of pseudonyms is one.

    Args:
        records_total: how many there will be; others make the end of the block a
            ValueError.
        shard_bytes: aim for the size of a shard before compression.
    """

    def __init__(
        self,
        directory: str | Path,
        group: str,
        *,
        records_total: int,
        shard_bytes: int = SHARD_BYTES,
        gzip: bool = False,
    ):
        self.shards: list[Shard] = []  # those that are whole
        self._directory = Path(directory)
        self._group = group
        self._total = records_total
        self._shard_bytes = shard_bytes
        self._options = tf.io.TFRecordOptions(compression_type="GZIP" if gzip else "")
        self._count = 0
        self._ends: list[int] = []  # of each shard, how many records are then written
        self._open: contextlib.ExitStack | None = None
        self._file: tf.io.TFRecordWriter | None = None
        self._path = self._directory

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._count != self._total:
            error = ValueError(
                "records_total is the number of records. Received: "
                f"{self._total}, and {self._count} records"
            )
        if self._open is not None:
            self._open.__exit__(error and type(error), error, trace)
        if kind is None and error is not None:
            raise error

    def write(self, record: bytes) -> None:
        """Appends a record.

        Raises:
            OSError: the disk is full.
        """
        if not self._ends:
            self._ends = self._planned(len(record))
        self._count += 1
        if self._count > self._total:
            return  # the block ends in an error
        with _full_disk():
            if self._open is None:
                self._begin()
            self._file.write(record)
            if self._count == self._ends[len(self.shards)]:
                self._finish()

    def _planned(self, record_bytes: int) -> list[int]:
        per_shard = max(1, self._shard_bytes // record_bytes)
        shards = -(-self._total // per_shard)
        return [(n + 1) * self._total // shards for n in range(shards)]

    def _begin(self) -> None:
        number, shards = len(self.shards), len(self._ends)
        name = f"{self._group}-{number:05d}-of-{shards:05d}.tfrecord"
        self._path = self._directory / name
        self._open = contextlib.ExitStack()
        aside = self._open.enter_context(replacing(self._path))
        writer = tf.io.TFRecordWriter(str(aside), self._options)
        self._file = self._open.enter_context(writer)

    def _finish(self) -> None:
        self._open.close()
        self._open = None
        before = self._ends[len(self.shards) - 1] if self.shards else 0
        self.shards.append(_described(self._path, self._group, self._count - before))


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


@contextlib.contextmanager
def _full_disk() -> Iterator[None]:
    """Gives a full disk the error that it has elsewhere."""
    try:
        yield
    except (tf.errors.ResourceExhaustedError, tf.errors.UnknownError) as error:
        raise OSError(errno.ENOSPC, error.message) from error


def _described(path: Path, group: str, count: int) -> Shard:
    return Shard(
        name=path.name,
        group=group,
        records=count,
        bytes=path.stat().st_size,
        sha256=sha256(path),
    )
