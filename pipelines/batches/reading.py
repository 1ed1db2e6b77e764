"""Records of shards as `tf.data`, and how many of them memory holds."""

import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Literal

import tensorflow as tf

from pipelines.batches import memory, unchanged_shards
from pipelines.records import decode
from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard
from pipelines.storage import freed_memory, remote

Kept = Literal["normalised", "codes"] | None
VOXEL_BYTES = {"normalised": 4, "codes": 2}  # float32 or int16, the widest first
SHUFFLE_BYTES = 2**30  # of records; all of them where they are fewer
_FREED_BYTES = 2**29  # that stay with the process for the next volumes
_LARGE_RECORD_BYTES = 2**18
_SHARDS_AT_ONCE = 8


def records(
    data: DataSet, shards: tuple[Shard, ...], *, in_turn: bool, held_out: bool = False
) -> tf.data.Dataset:
    """Serialized records: one of each shard in turn, or shard after shard.

    Args:
        held_out: those of the classes that are held out, else all others.

    In the graph:
        InvalidArgumentError: a shard changed, see `unchanged_shards.paths`.
    """
    freed_memory.keep(_FREED_BYTES)
    remote.prepare(data.path)
    of_files = partial(
        tf.data.TFRecordDataset,
        compression_type="GZIP" if data.task.steps.gzip else "",
        buffer_size=_buffer_bytes(data),
    )
    paths = unchanged_shards.paths(data, shards)
    if not in_turn or len(shards) == 1:
        return _chosen(paths.flat_map(of_files), data, held_out=held_out)
    of_all = paths.interleave(
        of_files,
        cycle_length=min(len(shards), _SHARDS_AT_ONCE),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    return _chosen(of_all, data, held_out=held_out)


def _chosen(
    source: tf.data.Dataset, data: DataSet, *, held_out: bool
) -> tf.data.Dataset:
    """The records of the classes that are held out, or the others."""
    if not data.task.target.held_out_classes:
        return source.take(0) if held_out else source
    is_held_out = decode.held_out(data.task)

    def wanted(record: tf.Tensor) -> tf.Tensor:
        return tf.equal(is_held_out(record), held_out)

    return source.filter(tf.autograph.experimental.do_not_convert(wanted))


def _buffer_bytes(data: DataSet) -> int | None:
    """Of a file: 0 where its records are large, for a buffer would copy them once more.

    None, which is TensorFlow's own choice, where each read has to ask another machine,
    or is unpacked.
    """
    large = 2 * math.prod(data.task.record_shape) >= _LARGE_RECORD_BYTES
    here = not remote.scheme(data.path) and not data.task.steps.gzip
    return 0 if large and here else None


def mapped(source: tf.data.Dataset, function: Callable) -> tf.data.Dataset:
    """Without AutoGraph: it rewrites every function below, which takes seconds."""
    plain = tf.autograph.experimental.do_not_convert(function)
    return source.map(plain, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)


def untuned(batches: tf.data.Dataset) -> tf.data.Dataset:
    """The same batches, without TensorFlow's autotuner.

    What it tunes here gains nothing, and an iterator's end waits for its next look at
    the clock, which after some minutes of training is up to ten seconds away.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.with_options(options)


def shuffle_buffer(data: DataSet, shards: tuple[Shard, ...], batch_size: int) -> int:
    """How many records the shuffle holds; the cache plays no part in it."""
    record_bytes = 2 * math.prod(data.task.record_shape)
    return min(
        samples(data, shards), max(SHUFFLE_BYTES // record_bytes, batch_size + 1)
    )


def kept(
    data: DataSet,
    shards: tuple[Shard, ...],
    channels: int,
    cache_bytes: int | None,
    *,
    beside: tuple[Shard, ...] = (),
) -> Kept:
    """As what all volumes fit in memory; says so on the terminal.

    Normalised ones save time in every epoch, codes take half the memory.

    Args:
        cache_bytes: that may be taken; none = a quarter of the machine's.
        beside: shards that were asked for before, and have taken theirs if they fit.
    """
    allowed = memory.budget_bytes() if cache_bytes is None else cache_bytes
    voxels = math.prod(data.task.grid.shape) * channels
    before = _widest(samples(data, beside) * voxels, allowed)
    if before is not None:
        allowed -= samples(data, beside) * voxels * VOXEL_BYTES[before]
    total = samples(data, shards)
    width = _widest(total * voxels, allowed)
    mebibytes = round(total * voxels * VOXEL_BYTES[width or "codes"] / 2**20)
    if width is None:
        print(
            f"{total} volumes are {mebibytes} MiB, more than the {allowed // 2**20} "
            "MiB for caching: every epoch reads them again",
            file=sys.stderr,
        )
    else:
        print(
            f"caching {total} volumes, {mebibytes} MiB in memory ({width})",
            file=sys.stderr,
        )
    return width


def _widest(voxels: int, allowed: int) -> Kept:
    return next(
        (k for k, size in VOXEL_BYTES.items() if voxels * size <= allowed), None
    )


def count(shards: tuple[Shard, ...]) -> int:
    """Records in all of them."""
    return sum(shard.records for shard in shards)


def samples(data: DataSet, shards: tuple[Shard, ...]) -> int:
    """Records in all of them, but for those of classes held out.

    Args:
        shards: all of a group, or none.
    """
    if not data.task.target.held_out_classes:
        return count(shards)
    return sum(data.counts[group].samples for group in {s.group for s in shards})
