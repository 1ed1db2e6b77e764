"""What `pipelines.phantom --plan` says is coming, against what came.

    python benchmarks/phantom_estimates.py [--plan NAME ...] [--size quick full]
        [--patients 4]

Writes a few patients of each shipped plan, whole or as small as under `--quick`, with
one worker, and prints a line for each: files, megabytes in blocks of 4 KiB, seconds of
the processor, as estimated and as they came, and the ratio of the seconds. Processor
time is what the estimate is of; on a busy machine the wall clock's is longer.
"""

import argparse
import dataclasses
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

BLOCK = 4096  # bytes
SMALLEST = 1e-9  # a scale of which the plan's least number of patients is left


def few(plan, patients):
    """The plan with so many patients, all of whom its task takes."""
    quick = dataclasses.replace(plan.quick, patients=patients)
    return dataclasses.replace(plan, least=patients, quick=quick, left_out=())


def measured(plan, size):
    """Estimated, and as they came: files, megabytes and processor seconds."""
    from pipelines.phantoms.estimate import estimate
    from pipelines.storage import config_files

    coming = estimate(plan, quick=size == "quick", scale=SMALLEST)
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "plan.toml", Path(folder) / "out"
        path.write_text(config_files.to_toml(plan), encoding="utf-8")
        command = [sys.executable, "-m", "pipelines.phantom", str(out)]
        command += ["--plan", str(path), "--workers", "1"]
        command += ["--quick"] if size == "quick" else ["--scale", str(SMALLEST)]
        begun = spent()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        seconds = spent() - begun
        files = [path for path in (out / "dicom").rglob("*") if path.is_file()]
        blocks = sum(-(-path.stat().st_size // BLOCK) for path in files)
    came = (len(files), blocks * BLOCK / 1e6, seconds)
    return (coming.files, coming.megabytes, coming.seconds), came


def spent():
    """Processor seconds of the commands that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    """Prints the lines."""
    from pipelines.phantoms import plans

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plan", nargs="+", default=plans.shipped(), metavar="NAME")
    sizes = ("quick", "full")
    parser.add_argument("--size", nargs="+", choices=sizes, default=sizes)
    parser.add_argument("--patients", type=int, default=4)
    asked = parser.parse_args()
    print("plan, size: files, MB, seconds, as estimated / as they came; ratio")
    for name in asked.plan:
        for size in asked.size:
            coming, came = measured(few(plans.load(name), asked.patients), size)
            pairs = zip(("{:.0f}", "{:.1f}", "{:.1f}"), coming, came)
            cells = [f"{form.format(a)} / {form.format(b)}" for form, a, b in pairs]
            ratio = came[2] / coming[2]
            print(f"{name}, {size}: {', '.join(cells)}; {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
