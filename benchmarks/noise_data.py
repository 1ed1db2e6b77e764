"""A data set of noise, to be read by the scripts that measure loading."""

import numpy as np
import tensorflow as tf

from pipelines.canonical.canonicalise import Canonical
from pipelines.records import directory as dataset_directory
from pipelines.records import shard, shards
from pipelines.records.encode import Encoded, Sample, encode
from pipelines.records.manifest import Row
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Split, Task


def write_data_set(directory, samples, shape):
    """A data set of noise around a ball, so that there is background to tell."""
    task = Task(
        name="loading",
        sequences=(Sequence(name="T1"),),
        target=Target(classes=("no", "yes")),
        grid=Grid(shape=shape),
        split=Split(train=1.0, validation=0.0, test=0.0),
    )
    axes = np.ogrid[tuple(slice(-1, 1, size * 1j) for size in shape)]
    ball = sum(axis**2 for axis in axes) < 1
    draw = np.random.default_rng(0)
    encoded = []
    for number in range(samples):
        voxels = np.where(ball, draw.integers(1, 2000, shape), 0).astype(np.int16)
        encoded.append(encode(_sample(number, voxels), task))
    written = shards.write(
        (example.record for example in encoded),
        directory,
        "train",
        records_total=samples,
    )
    places = shard.places(written)
    rows = [_row(number, *pair) for number, pair in enumerate(zip(encoded, places))]
    return dataset_directory.write(directory, task=task, shards=written, rows=rows)


def write_bare(path, data):
    """The same volumes, each record a serialized tensor and nothing else."""
    with tf.io.TFRecordWriter(str(path)) as writer:
        for shard in data.shards:
            for record in shards.read(data.shard_path(shard)):
                features = tf.train.Example.FromString(record).features.feature
                writer.write(features["volume"].bytes_list.value[0])


def _ids(number):
    """Every sample is a study and a patient of its own."""
    name = f"{number:016x}"
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
