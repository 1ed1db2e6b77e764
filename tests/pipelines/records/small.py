"""Small tasks, studies and data sets for the tests of records and batches."""

import numpy as np
import tensorflow as tf

from pipelines.canonical.canonicalise import Canonical
from pipelines.records import directory as dataset_directory
from pipelines.records import shards
from pipelines.records.encode import Sample, encode
from pipelines.records.foreground_statistics import PREFIX
from pipelines.records.manifest import Row
from pipelines.records.shard import places
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Split, Task

SHAPE = (6, 5, 4)


def task(
    channels=("T1", "T2"),
    shape=SHAPE,
    gzip=False,
    covariates=(),
    covariate_levels=None,
    **split,
):
    return Task(
        name="small",
        sequences=tuple(Sequence(name=name) for name in channels),
        target=Target(classes=("no", "yes")),
        covariates=covariates,
        covariate_levels=covariate_levels or {},
        grid=Grid(shape=shape),
        steps=Steps(gzip=gzip),
        split=Split(**split),
    )


def canonical(seed=0, channels=2, shape=SHAPE):
    voxels = np.random.default_rng(seed).integers(1, 1000, (*shape, channels))
    voxels[:1] = 0
    return Canonical(
        voxels=voxels.astype(np.int16),
        fill=(0.0,) * channels,
        present=(1,) * channels,
        affine=np.diag([3.0, 0.5, 0.5, 1.0]),
    )


def sample(seed=0, target=(1.0,), covariates=(), **changes):
    fields = {
        "sample_id": f"p{seed:016x}",
        "study_id": f"p{seed + 1000:016x}",
        "patient_id": f"p{seed + 2000:016x}",
        "canonical": canonical(seed),
        "target": target,
        "covariates": covariates,
    }
    return Sample(**fields | changes)


def seed_of(name):
    """The seed of the sample that a sample_id, text or bytes, is of."""
    return int(name[1:], 16)


def by_turns(number):
    """Class 0, class 1, class 0, ..."""
    return (float(number % 2),)


def data_set(directory, task, counts=None, shard_bytes=4000, target_of=by_turns):
    """Writes `counts` samples by (split, fold); sample i has target `target_of(i)`."""
    counts = counts or {("train", ""): 7, ("validation", ""): 3, ("test", ""): 2}
    written, rows, number = [], [], 0
    for (split, fold), count in counts.items():
        numbers = range(number, number + count)
        made = [_sample_of(task, n, target_of(n)) for n in numbers]
        number += count
        encoded = [encode(one, task) for one in made]
        group_shards = shards.write(
            (one.record for one in encoded),
            directory,
            f"{split}-{fold}" if fold else split,
            records_total=count,
            shard_bytes=shard_bytes,
            gzip=task.steps.gzip,
        )
        written += group_shards
        in_shards = places(group_shards)
        for one, code, (shard, position) in zip(made, encoded, in_shards, strict=True):
            row = Row(
                sample_id=one.sample_id,
                study_id=one.study_id,
                patient_id=one.patient_id,
                split=split,
                fold=fold,
                target=one.target,
                covariates=one.covariates,
                shard=shard,
                position=position,
                checksum=code.checksum,
                volume_hash=code.volume_hash,
                clipped=code.clipped,
            )
            rows.append(row)
    return dataset_directory.write(directory, task=task, shards=written, rows=rows)


def _sample_of(task, number, target):
    shape, channels = task.grid.shape, len(task.channels)
    return sample(
        number,
        target=target,
        canonical=canonical(number, channels, shape),
        covariates=(float(number),) * len(task.covariates),
    )


def without_statistics(record):
    """The record as versions before had it."""
    example = tf.train.Example.FromString(record)
    for name in list(example.features.feature):
        if name.startswith(PREFIX):
            del example.features.feature[name]
    return example.SerializeToString(deterministic=True)
