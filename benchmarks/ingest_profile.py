"""Where a second of ingest goes, step by step.

    python benchmarks/ingest_profile.py [--patients 24] [--repeats 5] [--crop]

A phantom cohort is written as DICOM once. Ingest runs over it in one process, its
steps watched: a step's CPU seconds are its own, without those of the steps inside it.
The process keeps its memory as workers do.
What only several processes cost is measured beside it: the start of a pool of
`--workers`, and the pickling of what goes to workers and comes back. Prints the median
of the repeats as a Markdown table.
"""

import argparse
import functools
import importlib
import pickle
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

REST = "split, manifest, all the rest"
# The functions that are a step, by where they are called from.
STEPS = {
    "finding files": ("pipelines.readers.dicom.scan:_paths",),
    "headers": ("pipelines.readers.dicom.scan:read_header",),
    "series, matching, labels": (
        "pipelines.readers.dicom.scan:assemble",
        "pipelines.ingestion.from_dicom:_decide",
        "pipelines.cohort.labels:read",
    ),
    "pixels": ("pipelines.readers.dicom.scan:read_image",),
    "orientation": (
        "pipelines.canonical.orientation:frame_of",
        "pipelines.canonical.orientation:express",
    ),
    "background crop": ("pipelines.canonical.canonicalise:foreground_box",),
    "resampling": ("pipelines.canonical.canonicalise:resample_image",),
    "codes and record": ("pipelines.ingestion.make_record:encode",),
    "statistics": ("pipelines.records.encode:_statistics",),
    "hashes": (
        "pipelines.records.encode:volume_hash",
        "pipelines.records.encode:checksum",
        "pipelines.ingestion.work_item:WorkItem.digest",
    ),
    "writing records": ("pipelines.ingestion.make_record:_keep",),
    "shards": ("pipelines.ingestion.write_dataset:_write_group",),
}


class Clock:
    """CPU seconds by step; a step inside another one is taken off the outer."""

    def __init__(self):
        self.seconds = Counter()
        self._under_way = []
        self._since = time.process_time()

    def switch(self):
        """Books the time since the last switch to the step under way."""
        now = time.process_time()
        step = self._under_way[-1] if self._under_way else REST
        self.seconds[step] += now - self._since
        self._since = now

    def watching(self, step, function):
        """The function, its time booked to `step`."""

        @functools.wraps(function)
        def watched(*args, **kwargs):
            self.switch()
            self._under_way.append(step)
            try:
                return function(*args, **kwargs)
            finally:
                self.switch()
                self._under_way.pop()

        return watched


def watch(clock):
    """Puts the clock around every step, for good."""
    for step, places in STEPS.items():
        for place in places:
            module, _, path = place.partition(":")
            *owners, name = path.split(".")
            owner = importlib.import_module(module)
            for each in owners:
                owner = getattr(owner, each)
            setattr(owner, name, clock.watching(step, getattr(owner, name)))


def ingest(cohort, out, task):
    """Makes a data set of the cohort in this process, and removes it."""
    from pipelines.ingestion.ingest_cohort import ingest
    from pipelines.ingestion.request import Request

    ingest(
        Request(
            kind="dicom",
            source=cohort / "dicom",
            labels=cohort / "labels.csv",
            task=task,
            key=out.with_name("benchmark.key"),
            out=out,
        )
    )
    shutil.rmtree(out)


def cpu_seconds():
    """Of this process and of those that have ended."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def pool_seconds(workers):
    """Wall-clock seconds from asking for a pool to the answer of each worker."""
    from pipelines.storage.executors import process_pool

    start = time.perf_counter()
    with process_pool(workers) as pool:
        list(pool.map(time.sleep, [0.001] * workers))
    return time.perf_counter() - start


def pickling_seconds(cohort, task):
    """CPU seconds to pickle and unpickle all headers and all work items."""
    from pipelines.ingestion.dicom_candidates import candidates
    from pipelines.ingestion.dicom_choice import choose
    from pipelines.readers.dicom import scan

    paths = scan._paths(cohort / "dicom", Counter())
    chunks = [paths[i : i + scan._CHUNK] for i in range(0, len(paths), scan._CHUNK)]
    chunks = [scan._read_chunk(chunk) for chunk in chunks]
    found = scan.scan(cohort / "dicom")
    items = [choose(c, task) for c in candidates(found, task)]
    start = time.process_time()
    for value in (*chunks, *items):
        pickle.loads(pickle.dumps(value))
    return time.process_time() - start


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=24)
    parser.add_argument("--matrix", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--crop", action="store_true", help="crop to the foreground")
    options = parser.parse_args()
    from pipelines.storage import freed_memory

    freed_memory.keep(2**27)  # as workers do
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()
    import pipelines.ingestion.ingest_cohort  # noqa: F401
    from pipelines.phantoms import cohort
    from pipelines.phantoms.plan import Plan
    from pipelines.tasks import task as tasks

    plan = Plan(patients=options.patients, matrix=(options.matrix, options.matrix))
    with tempfile.TemporaryDirectory() as folder:
        written = cohort.write(Path(folder) / "cohort", plan=plan, workers=2)
        task = tasks.load(str(written / "task.toml"))
        if options.crop:
            from dataclasses import replace

            task = replace(task, steps=replace(task.steps, background_crop=True))
        ingest(written, Path(folder) / "first", task)  # what is read and loaded once
        clock = Clock()
        pools = [pool_seconds(options.workers) for _ in range(options.repeats)]
        pickling = [pickling_seconds(written, task) for _ in range(options.repeats)]
        watch(clock)
        turns = []
        for repeat in range(options.repeats):
            clock.seconds.clear()
            clock._since = time.process_time()
            ingest(written, Path(folder) / f"turn-{repeat}", task)
            clock.switch()
            turns.append(Counter(clock.seconds))
        files = sum(path.is_file() for path in (written / "dicom").rglob("*"))
    steps = {
        step: statistics.median(turn[step] for turn in turns) for step in (*STEPS, REST)
    }
    total = sum(steps.values())
    print(f"{files} files of {options.matrix}x{options.matrix}\n")
    print("| step | CPU ms | share |\n|---|---|---|")
    for step, seconds in steps.items():
        print(f"| {step} | {1000 * seconds:.0f} | {seconds / total:.0%} |")
    print(f"| all, in one process | {1000 * total:.0f} | |")
    print(
        f"| start of {options.workers} processes (wall clock) | "
        f"{1000 * statistics.median(pools):.0f} | |"
    )
    print(f"| pickling, both ways | {1000 * statistics.median(pickling):.0f} | |")


if __name__ == "__main__":
    main()
