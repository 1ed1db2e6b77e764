"""What only the records know: voxel spacing, and which sequences are present."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from pipelines.batches.damaged_records import guard
from pipelines.inspection.near_duplicates import thumbnail
from pipelines.records import shards
from pipelines.records.data_set import DataSet


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Of one record.

    Args:
        spacing_mm: between slices, rows, columns.
        present: per channel.
        thumbnails: `[C, 16, 16, 16]`, see `near_duplicates.thumbnail`.
    """

    spacing_mm: tuple[float, float, float]
    present: tuple[bool, ...]
    thumbnails: np.ndarray | None = field(default=None, repr=False, compare=False)


def geometries(data: DataSet, *, progress: bool = False) -> tuple[Geometry, ...]:
    """One for each record, in the order of the shards. Reads all shards once.

    Raises:
        DataError: a shard is damaged; it is named.
    """
    total = sum(shard.records for shard in data.shards)
    with guard(data):
        return tuple(
            _geometry(record)
            for record in tqdm(
                _records(data), total=total, desc="records", disable=not progress
            )
        )


def _records(data: DataSet) -> Iterator[bytes]:
    for shard in data.shards:
        yield from shards.read(data.shard_path(shard), gzip=data.task.steps.gzip)


def _geometry(record: bytes) -> Geometry:
    features = tf.train.Example.FromString(record).features.feature
    codes = tf.io.parse_tensor(features["volume"].bytes_list.value[0], tf.int16)
    affine = np.array(features["affine"].float_list.value).reshape(4, 4)
    return Geometry(
        spacing_mm=tuple(np.linalg.norm(affine[:3, :3], axis=0).tolist()),
        present=tuple(bool(flag) for flag in features["present"].int64_list.value),
        thumbnails=thumbnail(codes.numpy(), features["fill_code"].int64_list.value),
    )
