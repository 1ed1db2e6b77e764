"""How fast training batches come, and how long a training step waits for them.

    python benchmarks/loading.py [--samples 128] [--rounds 9] [--steps 12] [--json FILE]

Part one measures volumes a second of `train_batches` on 64x64x64 int16 records with
z-score and flips along all axes, from memory and with the cache off, each as a ratio
to the bare loop over the same records: `TFRecordDataset` and one `map` of
`parse_tensor` and a cast to float32. The rounds are interleaved and every figure is a
median, so that a busy machine disturbs all alike; CPU time tells how much work it is,
whatever else the machine does. Part two trains resnet3d18 with
batches of 4 and takes the time in `next(batches)` as a share of the whole step.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines import command

SHAPE = (64, 64, 64)
BATCH = 4


def flips():
    """Mirrored along all axes, each with a chance of one half."""
    from pipelines.augment.augmentation import Augmentation
    from pipelines.augment.spatial.settings import AXES, Spatial
    from pipelines.batches.samples import Variation

    return Variation(augmentation=Augmentation(spatial=Spatial(flip=AXES)))


def batch_settings():
    """Z-score, and batches of `BATCH`."""
    from pipelines.batches.settings import BatchSettings

    return BatchSettings(normalisation="zscore", batch_size=BATCH)


def bare_loop(path, **options):
    """What a careful reader would write first, without batches or normalisation."""
    import tensorflow as tf

    def parse(record):
        return tf.cast(tf.io.parse_tensor(record, tf.int16), tf.float32)

    return tf.data.TFRecordDataset(str(path)).map(parse, **options)


def seconds(iterator, count):
    """Wall-clock and CPU seconds for `count` elements, buffers neither full nor empty.

    What was read ahead while other ways were measured is taken first.
    """
    time.sleep(0.3)
    for _ in range(max(8, count // 4)):
        next(iterator)
    start, start_cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        next(iterator)
    return time.perf_counter() - start, time.process_time() - start_cpu


def measure_loading(data, bare_path, rounds):
    """Volumes a second of each way, and the medians of the ratios round by round."""
    import tensorflow as tf

    from pipelines.batches.dataset import steps_per_epoch, train_batches

    samples = sum(shard.records for shard in data.shards)
    settings = batch_settings()
    steps = steps_per_epoch(data, settings)
    options = {"seed": 0, "variation": flips()}
    ways = {
        "bare": (bare_loop(bare_path).repeat(), samples),
        "bare, parallel": (
            bare_loop(bare_path, num_parallel_calls=tf.data.AUTOTUNE).repeat(),
            samples,
        ),
        "train_batches, from memory": (
            train_batches(data, settings, **options),
            steps,
        ),
        "train_batches, cache off": (
            train_batches(data, settings, **options, cache_bytes=0),
            steps,
        ),
    }
    rates, cpu = ({name: [] for name in ways} for _ in range(2))
    iterators = {name: iter(batches) for name, (batches, _) in ways.items()}
    for name, (_, count) in ways.items():  # fills caches, settles the autotuner
        seconds(iterators[name], 2 * count)
    for _ in range(rounds):
        for name, (_, count) in ways.items():
            wall, busy = seconds(iterators[name], count)
            rates[name].append(samples / wall)
            cpu[name].append(1000 * busy / samples)
    ratios = {
        name: statistics.median(r / b for r, b in zip(rates[name], rates["bare"]))
        for name in ways
    }
    return {
        "volumes_per_second": {n: statistics.median(r) for n, r in rates.items()},
        "ratio_to_bare": ratios,
        "cpu_ms_per_volume": {n: statistics.median(c) for n, c in cpu.items()},
    }


def measure_waiting(data, steps, **options):
    """Share of the time of training steps that `next(batches)` takes.

    Args:
        options: of `train_batches`, with its variation.
    """
    import keras
    import tensorflow as tf

    from pipelines.batches.dataset import train_batches
    from zoo.architectures import registry
    from zoo.classifier import classifier
    from zoo.recipes.recipe import Recipe
    from zoo.targets.target_output import outputs_of_classes

    model = classifier.build(
        Recipe(arch="resnet3d18"),
        registry.get("resnet3d18"),
        shape=data.task.record_shape,
        target_outputs=outputs_of_classes(2),
        seed=0,
    ).training
    optimizer = keras.optimizers.Adam(3e-4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(volume, target):
        with tf.GradientTape() as tape:
            value = loss(target, model(volume, training=True)["logits"])
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(value, weights), weights))
        return value

    batches = iter(train_batches(data, batch_settings(), seed=0, **options))
    waits, whole = [], []
    for number in range(steps + 2):
        start = time.perf_counter()
        batch = next(batches)
        waited = time.perf_counter() - start
        float(step(batch["volume"], batch["target"]))
        if number >= 2:  # tracing, and the first batch
            waits.append(waited)
            whole.append(time.perf_counter() - start)
    return {
        "step_seconds": statistics.median(whole),
        "wait_seconds": statistics.median(waits),
        "wait_share": sum(waits) / sum(whole),
        "longest_wait_share": max(w / s for w, s in zip(waits, whole)),
    }


def table(results):
    lines = [f"{'':32}{'volumes/s':>10}{'ratio to bare':>15}{'CPU ms/volume':>15}"]
    rates, ratios = results["volumes_per_second"], results["ratio_to_bare"]
    cpu = results["cpu_ms_per_volume"]
    lines += [f"{n:32}{rates[n]:10.0f}{ratios[n]:15.2f}{cpu[n]:15.2f}" for n in rates]
    for name, step in results["waiting"].items():
        lines.append(
            f"resnet3d18 step, {name}: {step['step_seconds']:.2f} s, "
            f"{100 * step['wait_share']:.2f} % of it waiting for data"
        )
    return "\n".join(lines)


def main(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=12, help="0 = no training")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    asked = parser.parse_args(argv)
    command.quiet_tensorflow()
    from noise_data import write_bare, write_data_set

    with tempfile.TemporaryDirectory() as directory:
        data = write_data_set(Path(directory), asked.samples, SHAPE)
        bare = Path(directory) / "bare.tfrecord"
        write_bare(bare, data)
        results = measure_loading(data, bare, asked.rounds)
        results["waiting"] = {}
        if asked.steps:
            results["waiting"] = {
                "from memory": measure_waiting(data, asked.steps, variation=flips()),
                "cache off": measure_waiting(
                    data, asked.steps, variation=flips(), cache_bytes=0
                ),
            }
    text = json.dumps(results, indent=2)
    print(text)
    print(table(results))
    if asked.json:
        asked.json.write_text(text + "\n")
        print(asked.json)
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
