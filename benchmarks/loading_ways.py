"""Ways to go through the records of one data set, timed in turn."""

import statistics
import time
from dataclasses import dataclass
from itertools import islice

import tensorflow as tf

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.spatial.settings import AXES, Spatial
from pipelines.batches.dataset import steps_per_epoch, train_batches
from pipelines.batches.samples import Variation
from pipelines.batches.settings import BatchSettings

BATCH = 4
BARE, BARE_PARALLEL = "bare", "bare, parallel"
MEMORY, CACHE_OFF = "train_batches, from memory", "train_batches, cache off"
CACHE_BYTES = {MEMORY: None, CACHE_OFF: 0}
FLIPS = Variation(augmentation=Augmentation(spatial=Spatial(flip=AXES)))
_FIRST_EPOCHS = 3  # streams that are begun anew
_PAUSE_SECONDS = 0.15  # until buffers are full
_DRAIN_SECONDS = 0.1  # until they are not any more
_SECONDS = 0.25  # timed, and more until so many elements were taken:
_ELEMENTS = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """Elements without end, and how many volumes each has."""

    elements: tf.data.Dataset
    volumes: int


def batch_settings(normalisation="zscore"):
    """Batches of `BATCH`."""
    return BatchSettings(normalisation=normalisation, batch_size=BATCH)


def bare_loop(path, **options):
    """What a careful reader would write first, without batches or normalisation."""

    def parse(record):
        return tf.cast(tf.io.parse_tensor(record, tf.int16), tf.float32)

    return tf.data.TFRecordDataset(str(path)).map(parse, **options)


def training(data, normalisation, way):
    """`train_batches` with flips along all axes."""
    return train_batches(
        data,
        batch_settings(normalisation),
        variation=FLIPS,
        seed=0,
        cache_bytes=CACHE_BYTES[way],
    )


def ways(data, bare_path, normalisation):
    """The bare loops and ours, by name."""
    parallel = bare_loop(bare_path, num_parallel_calls=tf.data.AUTOTUNE)
    bare = {BARE: bare_loop(bare_path), BARE_PARALLEL: parallel}
    return {
        **{name: Way(elements=d.repeat(), volumes=1) for name, d in bare.items()},
        **{
            name: Way(elements=training(data, normalisation, name), volumes=BATCH)
            for name in CACHE_BYTES
        },
    }


def measure(data, bare_path, normalisation, rounds):
    """Volumes a second of each way, medians of ratios and CPU time; epochs."""
    samples = sum(shard.records for shard in data.shards)
    taken = in_turn(ways(data, bare_path, normalisation), samples, rounds)
    rates = {name: [1 / wall for wall, _ in pairs] for name, pairs in taken.items()}
    medians = {name: statistics.median(r) for name, r in rates.items()}
    return {
        "volumes_per_second": medians,
        "ratio_to_bare": {n: paired(r, rates[BARE]) for n, r in rates.items()},
        "cpu_ms_per_volume": {
            name: 1000 * statistics.median(cpu for _, cpu in pairs)
            for name, pairs in taken.items()
        },
        "first_epoch_seconds": first_epoch(data, normalisation),
        "epoch_seconds": {name: samples / medians[name] for name in CACHE_BYTES},
    }


def paired(amounts, others):
    """Median of the ratios round by round."""
    return statistics.median(a / o for a, o in zip(amounts, others, strict=True))


def in_turn(going, samples, rounds):
    """Wall-clock and CPU seconds a volume of each way in each round: pairs by name."""
    iterators = {name: iter(way.elements) for name, way in going.items()}
    for name, way in going.items():
        for _ in range(samples // way.volumes):  # fills caches
            next(iterators[name])
        seconds(iterators[name], way.volumes)  # settles the autotuner
    taken = {name: [] for name in going}
    for _ in range(rounds):
        for name, way in going.items():
            taken[name].append(seconds(iterators[name], way.volumes))
    return taken


def seconds(iterator, volumes):
    """Wall-clock and CPU seconds a volume, from buffers neither full nor filling.

    A loop that only takes is faster than any source: what was made ahead, while other
    ways were measured, is gone after a moment.
    """
    time.sleep(_PAUSE_SECONDS)
    start = time.perf_counter()
    while time.perf_counter() - start < _DRAIN_SECONDS:
        next(iterator)
    taken, start, start_cpu = 0, time.perf_counter(), time.process_time()
    while taken < _ELEMENTS or time.perf_counter() - start < _SECONDS:
        next(iterator)
        taken += 1
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    return wall / (taken * volumes), cpu / (taken * volumes)


def first_epoch(data, normalisation):
    """Seconds of the first epoch of streams that were built but not begun.

    So their cache is empty; the file is in the memory of the system already.
    """
    steps = steps_per_epoch(data, batch_settings(normalisation))
    taken = []
    for _ in range(_FIRST_EPOCHS):
        iterator = iter(training(data, normalisation, MEMORY))
        start = time.perf_counter()
        for _ in islice(iterator, steps):
            pass
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
