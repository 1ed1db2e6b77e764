"""What the DICOM report of a study takes on the page of the embedded endpoint.

    python benchmarks/page_reports.py [--rounds 20]

A phantom study of three sequences is sent to a page on this machine as a browser sends
it, without and with a report in turn. Seconds of the clock from the first byte that is
sent to the last of the answer: the quickest round, which other work on the machine
disturbs least, and the median. The first round of each is left out: it loads what
reports are made with.
"""

import argparse
import dataclasses
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.tasks import task as tasks
from tests.zoo.prediction import networks
from tests.zoo.serving import exported
from tests.zoo.serving.page import pages
from zoo.recipes.recipe import Recipe

PLAN = Plan(
    patients=2, sequences=("T2WI", "T1WI", "ADC"), slices=(24, 26), matrix=(224, 256)
)
GRID = (24, 96, 96)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        source = cohort.write(root / "cohort", plan=PLAN)
        task = tasks.load(str(source / "task.toml"))
        grid = dataclasses.replace(task.grid, shape=GRID)
        run = networks.run(
            root / "run",
            task=dataclasses.replace(task, grid=grid),
            recipe=Recipe(arch="cnn3d"),
        )
        exported.written(run.path, root / "models", name="small")
        files = pages.folder_files(sorted((source / "dicom").iterdir())[0])
        megabytes = sum(map(len, files.values())) / 1e6
        print(f"{len(files)} files, {megabytes:.1f} MB; load {os.getloadavg()[0]:.1f}")
        with pages.page_port(pages.served(root / "models", "small")) as port:
            measure(port, files, rounds)


def measure(port, files, rounds):
    """Prints the seconds without and with a report."""
    seconds, answers = {False: [], True: []}, {}
    for _ in range(rounds + 1):
        for reports in seconds:
            begun = time.monotonic()
            answers[reports] = pages.upload(port, files, reports=reports)
            seconds[reports].append(time.monotonic() - begun)
            assert answers[reports].status == 200
    for reports, taken in seconds.items():
        quickest, median = min(taken[1:]), statistics.median(taken[1:])
        size = len(answers[reports].body) / 1e6
        print(
            f"{'with' if reports else 'without'} a report: quickest {quickest:.2f} s, "
            f"median {median:.2f} s, answer of {size:.1f} MB"
        )


if __name__ == "__main__":
    main()
