"""Shards are read only while they are, byte for byte, what dataset.json states.

A record's own checksum tells a flipped bit, but not a whole record, or a whole shard,
that is another one: half a copy of a data set that was ingested anew has the old sizes,
the old ids and the old targets. A process hashes each shard once, when it first opens
it; a training step on the same records takes far longer.
"""

import functools
import os
import time

import tensorflow as tf

from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard
from pipelines.storage import remote

_SETTLED_NS = 2 * 10**9  # file systems round times to as much
CHANGED = "a shard with another SHA-256 than dataset.json states"


def paths(data: DataSet, shards: tuple[Shard, ...]) -> tf.data.Dataset:
    """The paths of shards (scalar strings), each hashed before it is given.

    Those of another machine are not hashed: they would be sent twice.

    In the graph:
        InvalidArgumentError: a shard has another SHA-256 than recorded; its message
            holds `CHANGED`. See `damaged_records.guard`.
    """
    every = tf.constant([data.shard_path(shard) for shard in shards], tf.string)
    plain = tf.data.Dataset.from_tensor_slices(every)
    if remote.scheme(data.path):
        return plain
    recorded = {data.shard_path(shard): shard.sha256 for shard in shards}

    def compared(path: bytes) -> bytes:
        check(os.fsdecode(path), recorded[os.fsdecode(path)])
        return path

    def unchanged(path: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(tf.numpy_function(compared, [path], tf.string), [])

    return plain.map(tf.autograph.experimental.do_not_convert(unchanged))


def check(path: str, recorded: str) -> None:
    """Compares a shard with its recorded SHA-256; one that is missing passes.

    Raises:
        ValueError: it has another.
    """
    try:
        digest = _sha256_now(path)
    except FileNotFoundError:
        return  # what opens it says so
    if digest != recorded:
        raise ValueError(f"{CHANGED}: {path}. Received: {digest}, not {recorded}")


def _sha256_now(path: str) -> str:
    """Of a file as it is; times of a file that just changed do not tell it again."""
    now = os.stat(path)
    if time.time_ns() - now.st_ctime_ns < _SETTLED_NS:
        return remote.sha256(path)
    return _sha256(path, now.st_size, now.st_mtime_ns, now.st_ctime_ns)


@functools.cache
def _sha256(path: str, *_state: int) -> str:
    return remote.sha256(path)
