"""Where a second of loading goes, step by step.

    python benchmarks/loading_profile.py [--shape 64x64x64] [--normalisation zscore]

Each row is a `tf.data` pipeline that ends one step later than the row above, over int16
records of noise, 60 % of it foreground: what it takes more is that step's. CPU
milliseconds a volume are medians over interleaved rounds, and what a step takes is the
median of the differences round by round, so small ones scatter about 0. The rows up to
the batch are one `map` in parallel, as in `train_batches`; that map and the copy of
what it gives are the row "map". The last but one row is `train_batches` whole with the
cache off: beside the rows above it shuffles, numbers epochs and prefetches. The last
one is `train_batches` from memory. Prints a table in Markdown.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from loading import NORMALISATIONS, SHAPES, samples_of, shape_of

from pipelines import command


def steps(data, normalisation):
    """Pipelines by the step that they end with, each longer than the one before."""
    import tensorflow as tf
    from loading_ways import BATCH, CACHE_OFF, FLIPS, MEMORY, Way, training

    from pipelines.batches import reading, samples, selection
    from pipelines.covariates.encoding import NO_COVARIATES

    task = data.task
    records = reading.records(data, data.shards, in_turn=True).repeat()
    of_record = (task, selection.channel_indices(task, ()), normalisation)
    stored, normalised = (
        prepare(*of_record, NO_COVARIATES, require_target=True)
        for prepare in (samples.stored, samples.normalised)
    )

    def volume(record):
        feature = {"volume": tf.io.FixedLenFeature([], tf.string)}
        return tf.io.parse_single_example(record, feature)["volume"]

    def codes(record):
        return tf.io.parse_tensor(volume(record), tf.int16)

    def varied(number, record):
        seed = tf.stack([number, 0])
        return samples.varied(stored(record), seed, FLIPS, normalisation)

    flipped = reading.mapped(records.enumerate(), varied)
    alone = {
        "read, checksum of the record": records,
        "map": reading.mapped(records, lambda record: record),
        "parse the example": reading.mapped(records, volume),
        "parse the tensor": reading.mapped(records, codes),
        "other features, statistics": reading.mapped(records, stored),
        f"decode and normalise ({normalisation})": reading.mapped(records, normalised),
        "flip": flipped,
    }
    return {
        **{name: Way(elements=part, volumes=1) for name, part in alone.items()},
        "batch": Way(elements=flipped.batch(BATCH), volumes=BATCH),
        "shuffle, epochs, prefetch": Way(
            elements=training(data, normalisation, CACHE_OFF), volumes=BATCH
        ),
        "from memory": Way(
            elements=training(data, normalisation, MEMORY), volumes=BATCH
        ),
    }


def measure(shape, normalisation, rounds):
    """CPU milliseconds and volumes a second of each pipeline, and of each step."""
    from loading_ways import in_turn
    from noise_data import write_data_set

    samples = samples_of(shape, None)
    with tempfile.TemporaryDirectory() as directory:
        data = write_data_set(Path(directory), samples, shape)
        taken = in_turn(steps(data, normalisation), samples, rounds)
    rows, before = [], [0.0] * rounds
    for name, pairs in taken.items():
        cpu = [1000 * busy for _, busy in pairs]
        if name == "from memory":
            before = [0.0] * rounds
        rows.append(
            {
                "step": name,
                "cpu_ms": statistics.median(cpu),
                "step_cpu_ms": statistics.median(c - b for c, b in zip(cpu, before)),
                "volumes_per_second": 1 / statistics.median(wall for wall, _ in pairs),
            }
        )
        before = cpu
    return rows


def table(results):
    """All shapes beside one another, in Markdown."""
    shapes = [*results]
    head = [f"{s}: this step, CPU ms | up to here | volumes/s" for s in shapes]
    lines = [f"| | {' | '.join(head)} |", f"|---|{'---:|' * 3 * len(shapes)}"]
    for rows in zip(*results.values(), strict=True):
        cells = [
            f"{row['step_cpu_ms']:.2f} | {row['cpu_ms']:.2f} | "
            f"{row['volumes_per_second']:.0f}"
            for row in rows
        ]
        lines.append(f"| {rows[0]['step']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shape", type=shape_of, nargs="+", default=SHAPES)
    parser.add_argument("--normalisation", choices=NORMALISATIONS, default="zscore")
    parser.add_argument("--rounds", type=int, default=7, help="7")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    asked = parser.parse_args(argv)
    command.quiet_tensorflow()
    results = {
        "x".join(map(str, shape)): measure(shape, asked.normalisation, asked.rounds)
        for shape in asked.shape
    }
    print(table(results))
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        print(asked.json)
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
