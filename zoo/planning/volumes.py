"""What only the records know: voxel spacing, and whether intensities vary."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import tensorflow as tf

from pipelines.batches.damaged_records import guard
from pipelines.records import shards
from pipelines.records.data_set import DataSet
from pipelines.splits.roles import roles

_MOST = 48  # records: one of another kind among fewer would hardly be met in more


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """Of the records looked at.

    Args:
        spacing_mm: D, H, W; the median.
        constant: whether each channel's foreground has one value in every record.
    """

    spacing_mm: tuple[float, float, float]
    constant: bool


def look(data: DataSet, fold: str | None) -> Volumes:
    """Reads the first training records of every shard, 48 in all or fewer.

    Raises:
        DataError: a shard is damaged; it is named.
    """
    with guard(data):
        seen = [_one(record) for record in _records(data, fold)]
    spacings = np.median([spacing for spacing, _ in seen], axis=0)
    return Volumes(
        spacing_mm=tuple(spacings.tolist()),
        constant=all(constant for _, constant in seen),
    )


def _records(data: DataSet, fold: str | None) -> Iterator[bytes]:
    played = roles(data.groups, data.task.split, fold)
    training = [shard for shard in data.shards if played[shard.group] == "train"]
    each = -(-_MOST // len(training))
    for shard in training:
        path = data.shard_path(shard)
        yield from islice(shards.read(path, gzip=data.task.steps.gzip), each)


def _one(record: bytes) -> tuple[np.ndarray, bool]:
    """Spacing `[3]`, and whether no channel's foreground has two values."""
    features = tf.train.Example.FromString(record).features.feature
    affine = np.array(features["affine"].float_list.value).reshape(4, 4)
    codes = tf.io.parse_tensor(features["volume"].bytes_list.value[0], tf.int16).numpy()
    fills = features["fill_code"].int64_list.value
    constant = all(
        np.unique(codes[..., channel][codes[..., channel] != fill]).size < 2
        for channel, fill in enumerate(fills)
    )
    return np.linalg.norm(affine[:3, :3], axis=0), constant
