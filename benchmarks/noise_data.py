"""A data set of noise, to be read by the scripts that measure loading."""

import numpy as np
import tensorflow as tf

from pipelines.canonical.canonicalise import Canonical
from pipelines.records import directory as dataset_directory
from pipelines.records import shards
from pipelines.records.encode import Encoded, Sample, encode
from pipelines.records.manifest import Row
from pipelines.records.shard import places
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Split, Task

FOREGROUND = 0.6  # share of the voxels


def write_data_set(
    directory, samples, shape, *, step=1.0, shard_bytes=shards.SHARD_BYTES
):
    """A data set of noise in an ellipsoid, with background around it.

    Args:
        step: the voxels are whole multiples of it; unless it is whole itself, records
            are quantised as those of resampled volumes are.
        shard_bytes: see `shards.GroupWriter`.
    """
    task = Task(
        name="loading",
        sequences=(Sequence(name="T1"),),
        target=Target(classes=("no", "yes")),
        grid=Grid(shape=shape),
        split=Split(train=1.0, validation=0.0, test=0.0),
    )
    directory.mkdir(exist_ok=True)
    inside = ellipsoid(shape)
    draw = np.random.default_rng(0)
    encoded = []
    for number in range(samples):
        voxels = noise(draw, inside) * np.float32(step)
        whole = float(step).is_integer()
        voxels = voxels.astype(np.int16 if whole else np.float32)
        encoded.append(encode(_sample(number, voxels), task))
    written = shards.write(
        (example.record for example in encoded),
        directory,
        "train",
        records_total=samples,
        shard_bytes=shard_bytes,
    )
    where = places(written)
    rows = [_row(number, *pair) for number, pair in enumerate(zip(encoded, where))]
    return dataset_directory.write(directory, task=task, shards=written, rows=rows)


def ellipsoid(shape):
    """`FOREGROUND` of the voxels, those nearest to the centre: bool `[D, H, W]`."""
    axes = np.ogrid[tuple(slice(-1, 1, size * 1j) for size in shape)]
    distance = sum(axis**2 for axis in axes)
    return distance < np.quantile(distance, FOREGROUND)


def noise(draw, inside):
    """Whole numbers about 800, 1 to 4095, where `inside`; 0 elsewhere: int16."""
    values = np.clip(np.rint(draw.normal(800, 250, inside.shape)), 1, 4095)
    return np.where(inside, values, 0).astype(np.int16)


def write_bare(path, data):
    """The same volumes, each record a serialized tensor and nothing else."""
    with tf.io.TFRecordWriter(str(path)) as writer:
        for serialized in serialized_volumes(data):
            writer.write(serialized)


def serialized_volumes(data):
    """Of each record the volume's feature, in the order of the shards."""
    for shard in data.shards:
        for record in shards.read(data.shard_path(shard)):
            features = tf.train.Example.FromString(record).features.feature
            yield features["volume"].bytes_list.value[0]


def _ids(number):
    """Every sample is a study and a patient of its own."""
    name = f"p{number:016x}"
    return {"sample_id": name, "study_id": name, "patient_id": name}


def _target(number):
    return (float(number % 2),)


def _sample(number, voxels):
    canonical = Canonical(
        voxels=voxels[..., None], fill=(0.0,), present=(1,), affine=np.eye(4)
    )
    return Sample(**_ids(number), canonical=canonical, target=_target(number))


def _row(number, example: Encoded, place):
    shard, position = place
    return Row(
        **_ids(number),
        split="train",
        target=_target(number),
        shard=shard,
        position=position,
        checksum=example.checksum,
        volume_hash=example.volume_hash,
        clipped=example.clipped,
    )
