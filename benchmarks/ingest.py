"""Speed of ingest against a bare pydicom read of the same files on the same cores.

    python benchmarks/ingest.py [--patients 24 96] [--repeats 3] [--beside CHECKOUT]

Phantom cohorts are written as DICOM once: by default one of about 1,000 files, in which
the start of the processes shows, and one of about 4,000. Then, in turn and several
times over: all files are read by `pydicom.dcmread(path).pixel_array`, in a plain loop
and in a pool of as many processes as ingest gets; they are converted by dcm2niix, a
patient's folder at a time in such a pool, and its volumes loaded by nibabel; and
`pipelines.ingestion.ingest_cohort.ingest` makes a data set of them (headers, matching,
geometry, resampling to 16x96x96, records, split, shards). The start of the processes
counts for all, a warm file cache too. `scan` is the part of ingest that reads headers
alone. Prints files/s and the medians of the paired ratios with their range, as JSON. N4
is off.

`--beside` takes another checkout of this project, of another time: its ingest runs in
the same turns on the same cohort, and both in a process of their own each.

dcm2niix is taken from the PATH (Debian's package has its name); without it that part
is left out.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
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


def convert(folder):
    """Bytes of all volumes that dcm2niix makes of a folder, read back by nibabel."""
    import nibabel
    import numpy as np

    with tempfile.TemporaryDirectory() as out:
        subprocess.run(
            ["dcm2niix", "-b", "n", "-z", "n", "-f", "%j", "-o", out, folder],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return sum(
            np.asarray(nibabel.load(path).dataobj).nbytes
            for path in Path(out).glob("*.nii")
        )


def pool_seconds(function, arguments, workers, chunksize):
    """Seconds to call for all arguments in a pool, the pool's start included."""
    start = time.perf_counter()
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        done = sum(1 for _ in pool.map(function, arguments, chunksize=chunksize))
    assert done == len(arguments)
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


def scan_seconds(cohort, workers):
    """Seconds to read the headers of all files."""
    from pipelines.readers.dicom import scan as scan_dicom
    from pipelines.storage.executors import Processes

    start = time.perf_counter()
    with Processes(workers) as processes:
        scan_dicom.scan(cohort / "dicom", processes=processes)
    return time.perf_counter() - start


def apart_seconds(checkout, cohort, out, workers):
    """Seconds that ingest takes in a process of its own, by a checkout's code."""
    return float(apart("ingest", checkout, cohort, out, workers))


def apart(*arguments):
    """The last line that `alone` prints in a process of its own."""
    # Not this file: the workers would load it, too, and with it this checkout.
    code = "import sys; sys.path.append(sys.argv[1]); import ingest; ingest.alone()"
    command = [sys.executable, "-c", code, str(Path(__file__).resolve().parent)]
    command += map(str, arguments)
    answer = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return answer.stdout.splitlines()[-1]


def alone():
    """What a process does by another checkout's code, or by this one's."""
    what, checkout, *arguments = sys.argv[2:]
    sys.path.insert(0, checkout)
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()
    import pipelines.ingestion.ingest_cohort

    assert Path(pipelines.__file__).is_relative_to(Path(checkout).resolve())
    if what == "ingest":
        cohort, out, workers = arguments
        print(ingest_seconds(Path(cohort), Path(out), int(workers)))
    else:
        out, patients, matrix, workers = arguments
        print(write(Path(out), int(patients), int(matrix), int(workers)))


def write(out, patients, matrix, workers):
    """A phantom cohort; the path of it."""
    from pipelines.phantoms import cohort
    from pipelines.phantoms.plan import Plan

    plan = Plan(patients=patients, matrix=(matrix, matrix))
    return cohort.write(out, plan=plan, workers=workers)


def paired_ratio(other, ours):
    """Ratios within each turn, neighbours in time that share the weather."""
    ratios = [b / o for b, o in zip(other, ours, strict=True)]
    middle, *ends = statistics.median(ratios), min(ratios), max(ratios)
    return {"median": round(middle, 3), "range": [round(end, 3) for end in ends]}


def compare(folder, patients, options):
    """All contenders in turn on one cohort."""
    size = (patients, options.matrix, options.workers)
    if options.beside:  # whose task files may lack what ours have
        written = Path(apart("write", options.beside, folder / "cohort", *size))
    else:
        written = write(folder / "cohort", *size)
    paths = sorted(str(p) for p in (written / "dicom").rglob("*") if p.is_file())
    folders = sorted(str(p) for p in (written / "dicom").iterdir())
    names = ("bare_loop", "bare_pool", "dcm2niix_nibabel", "ingest", "scan")
    seconds = {name: [] for name in (*names, "beside", "apart")}
    for repeat in range(options.repeats):
        seconds["bare_loop"].append(loop_seconds(paths))
        pool = pool_seconds(read_bare, paths, options.workers, 16)
        seconds["bare_pool"].append(pool)
        if shutil.which("dcm2niix"):
            converted = pool_seconds(convert, folders, options.workers, 1)
            seconds["dcm2niix_nibabel"].append(converted)
        out = folder / f"dataset-{repeat}"
        seconds["ingest"].append(ingest_seconds(written, out, options.workers))
        seconds["scan"].append(scan_seconds(written, options.workers))
        if options.beside:
            here = Path(__file__).resolve().parents[1]
            for name, checkout in (("beside", options.beside), ("apart", here)):
                own = (
                    folder / name / out.name
                )  # with a key and a linkage file of its own
                own.parent.mkdir(exist_ok=True)
                taken = apart_seconds(checkout, written, own, options.workers)
                seconds[name].append(taken)
    seconds = {name: turns for name, turns in seconds.items() if turns}
    ours = seconds["ingest"]
    return {
        "patients": patients,
        "files": len(paths),
        "seconds": {n: [round(s, 2) for s in turns] for n, turns in seconds.items()},
        "files_per_s": {
            name: round(len(paths) / statistics.median(turns))
            for name, turns in seconds.items()
        },
        "ratio_to": {
            name: paired_ratio(turns, ours)
            for name, turns in seconds.items()
            if name in ("bare_loop", "bare_pool", "dcm2niix_nibabel")
        },
        **(
            {"beside_to_apart": paired_ratio(seconds["beside"], seconds["apart"])}
            if options.beside
            else {}
        ),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, nargs="+", default=[24, 96])
    parser.add_argument("--matrix", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT")
    options = parser.parse_args()
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()  # loaded once, before the clock starts
    import pipelines.ingestion.ingest_cohort  # noqa: F401

    if not shutil.which("dcm2niix"):
        print("no dcm2niix on the PATH: left out", file=sys.stderr)
    cohorts = []
    for patients in options.patients:
        with tempfile.TemporaryDirectory() as folder:
            cohorts.append(compare(Path(folder), patients, options))
    about = {"matrix": options.matrix, "workers": options.workers}
    print(json.dumps({**about, "cohorts": cohorts}, indent=2))


if __name__ == "__main__":
    main()
