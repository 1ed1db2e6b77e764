"""Speed of ingest against a bare pydicom read of the same files on the same cores.

    python benchmarks/ingest.py [--patients 24] [--repeats 3]

A phantom cohort is written as DICOM once. Then, in turn and several times over: all of
its files are read by `pydicom.dcmread(path).pixel_array`, in a plain loop and in a pool
of as many processes as ingest gets, and `pipelines.ingestion.ingest_cohort.ingest`
makes a data set of them (headers, matching, geometry, resampling to 16x96x96, records,
split, shards). Prints slices/s and the medians of the paired ratios, as JSON. N4 is
off.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def read_bare(path):
    """Pixels of one file."""
    import pydicom

    return pydicom.dcmread(path).pixel_array.shape


def bare_seconds(paths, workers):
    """Seconds to read all files in a pool, the pool's start included as in ingest."""
    start = time.perf_counter()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pydicom"])
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        done = sum(1 for _ in pool.map(read_bare, paths, chunksize=16))
    assert done == len(paths)
    return time.perf_counter() - start


def loop_seconds(paths):
    """Seconds to read all files one after the other."""
    start = time.perf_counter()
    for path in paths:
        read_bare(path)
    return time.perf_counter() - start


def ingest_seconds(cohort, out, workers):
    """Seconds to make a data set of the cohort."""
    from pipelines.ingestion.ingest_cohort import ingest
    from pipelines.ingestion.request import Request
    from pipelines.tasks import task as tasks

    start = time.perf_counter()
    request = Request(
        kind="dicom",
        source=cohort / "dicom",
        labels=cohort / "labels.csv",
        task=tasks.load(str(cohort / "task.toml")),
        key=out.with_name("benchmark.key"),
        out=out,
        workers=workers,
    )
    result = ingest(request)
    seconds = time.perf_counter() - start
    assert not result.faults
    shutil.rmtree(out)
    return seconds


def paired_ratio(bare, ours):
    """Median of the ratios within each turn: neighbours in time share the weather."""
    return round(statistics.median(b / o for b, o in zip(bare, ours, strict=True)), 3)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=24)
    parser.add_argument("--matrix", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()  # loaded once, before the clock starts
    import pipelines.ingestion.ingest_cohort  # noqa: F401
    from pipelines.phantoms import cohort
    from pipelines.phantoms.plan import Plan

    plan = Plan(patients=options.patients, matrix=(options.matrix, options.matrix))
    with tempfile.TemporaryDirectory() as folder:
        written = cohort.write(
            Path(folder) / "cohort", plan=plan, workers=options.workers
        )
        paths = sorted(str(p) for p in written.rglob("*") if p.is_file())
        paths = [path for path in paths if "/dicom/" in path]
        loop, bare, ours = [], [], []
        for repeat in range(options.repeats):
            loop.append(loop_seconds(paths))
            bare.append(bare_seconds(paths, options.workers))
            out = Path(folder) / f"dataset-{repeat}"
            ours.append(ingest_seconds(written, out, options.workers))
    files = len(paths)
    print(
        json.dumps(
            {
                "files": files,
                "matrix": options.matrix,
                "workers": options.workers,
                "bare_loop_seconds": [round(seconds, 2) for seconds in loop],
                "bare_pool_seconds": [round(seconds, 2) for seconds in bare],
                "ingest_seconds": [round(seconds, 2) for seconds in ours],
                "bare_loop_slices_per_s": round(files / statistics.median(loop)),
                "bare_pool_slices_per_s": round(files / statistics.median(bare)),
                "ingest_slices_per_s": round(files / statistics.median(ours)),
                "ratio_to_loop": paired_ratio(loop, ours),
                "ratio_to_pool": paired_ratio(bare, ours),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
