"""Records of shards as `tf.data`, and how many of them memory holds."""

import math
import sys
from collections.abc import Callable

import tensorflow as tf

from pipelines.batches import memory
from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard
from pipelines.storage import remote

SHUFFLE_BYTES = 2**30  # of records; all of them where they are fewer
_SHARDS_AT_ONCE = 8


def records(
    data: DataSet, shards: tuple[Shard, ...], *, in_turn: bool
) -> tf.data.Dataset:
    """Serialized records: one of each shard in turn, or shard after shard."""
    remote.prepare(data.path)
    compression = "GZIP" if data.task.steps.gzip else ""
    paths = [data.shard_path(shard) for shard in shards]
    if not in_turn or len(paths) == 1:
        return tf.data.TFRecordDataset(paths, compression)
    return tf.data.Dataset.from_tensor_slices(paths).interleave(
        lambda path: tf.data.TFRecordDataset(path, compression),
        cycle_length=min(len(paths), _SHARDS_AT_ONCE),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )


def mapped(source: tf.data.Dataset, function: Callable) -> tf.data.Dataset:
    """Without AutoGraph: it rewrites every function below, which takes seconds."""
    plain = tf.autograph.experimental.do_not_convert(function)
    return source.map(plain, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)


def shuffle_buffer(data: DataSet, shards: tuple[Shard, ...], batch_size: int) -> int:
    """How many records the shuffle holds; the cache plays no part in it."""
    record_bytes = 2 * math.prod(data.task.record_shape)
    return min(count(shards), max(SHUFFLE_BYTES // record_bytes, batch_size + 1))


def fits(
    data: DataSet,
    shards: tuple[Shard, ...],
    channels: int,
    cache_bytes: int | None,
    *,
    beside: tuple[Shard, ...] = (),
) -> bool:
    """Whether the codes of all volumes fit in memory; says so on the terminal.

    Args:
        cache_bytes: that may be taken; none = a quarter of the machine's.
        beside: shards that were asked for before, and have taken theirs if they fit.
    """
    allowed = memory.budget_bytes() if cache_bytes is None else cache_bytes
    volume_bytes = 2 * math.prod(data.task.grid.shape) * channels
    taken = count(beside) * volume_bytes
    if taken <= allowed:
        allowed -= taken
    total, needed = count(shards), count(shards) * volume_bytes
    mebibytes = round(needed / 2**20)
    if needed <= allowed:
        print(f"caching {total} volumes, {mebibytes} MiB in memory", file=sys.stderr)
        return True
    print(
        f"{total} volumes are {mebibytes} MiB, more than the {allowed // 2**20} MiB "
        "for caching: every epoch reads them again",
        file=sys.stderr,
    )
    return False


def count(shards: tuple[Shard, ...]) -> int:
    """Records in all of them."""
    return sum(shard.records for shard in shards)
