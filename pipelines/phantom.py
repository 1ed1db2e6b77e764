"""Writes a synthetic cohort as DICOM, with labels and the task to ingest it."""

import argparse
import os
import sys
from collections.abc import Sequence

from pipelines import command
from pipelines.errors import UsageError

_EXAMPLES = """examples:
  python -m pipelines.phantom cohort
  python -m pipelines.phantom cohort --patients 40 --sign through_plane --seed 7
  python -m pipelines.phantom cohort --sequences T2WI DWI ADC
then:
  python -m pipelines.ingest --dicom cohort/dicom --labels cohort/labels.csv \\
      --task cohort/task.toml --key project.key --out dataset
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.phantom",
        description=(
            "Writes OUT/dicom, OUT/labels.csv and OUT/task.toml: invented patients of "
            "three vendors. The classes ring and solid differ by a planted sign, never "
            "by brightness."
        ),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", metavar="OUT", help="new or empty directory")
    parser.add_argument("--patients", type=int, default=120, help="default 120")
    parser.add_argument(
        "--sign",
        default="texture",
        help="texture: to be seen in single slices (default); through_plane: only in "
        "the order of the slices",
    )
    parser.add_argument(
        "--sequences",
        nargs="+",
        default=["T2WI"],
        metavar="NAME",
        help="of T2WI T1WI DWI ADC DTI; default T2WI",
    )
    parser.add_argument(
        "--form",
        default="classic",
        help="classic: one file a slice (default); enhanced: one a series; mosaic: "
        "classic, but with Siemens one a volume of the DTI",
    )
    parser.add_argument(
        "--disarranged",
        action="store_true",
        help="as a collection of several hospitals: descriptions that are empty, "
        "Chinese or wrong, times that differ by vendor, files in any place; without "
        "task.toml, for pipelines.draft",
    )
    parser.add_argument("--seed", type=int, default=0, help="default 0")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes; default one per core",
    )
    return parser


def main(argv: Sequence[str]) -> int:
    """Parses, writes the cohort, prints where it lies."""
    asked = _parser().parse_args(argv)
    from pipelines.phantoms.plan import Plan

    try:
        plan = Plan(
            patients=asked.patients,
            sign=asked.sign,
            sequences=tuple(asked.sequences),
            form=asked.form,
            seed=asked.seed,
            disarranged=asked.disarranged,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    from pipelines.phantoms import cohort

    written = cohort.write(
        asked.out, plan=plan, workers=asked.workers, progress=sys.stderr.isatty()
    )
    print(written)
    source = ("--dicom", written / "dicom", "--labels", written / "labels.csv")
    if plan.disarranged:
        command.say_next("pipelines.draft", *source, "--out", written / "task.toml")
        return 0
    command.say_next(
        "pipelines.ingest",
        *source,
        *("--task", written / "task.toml", "--key", "project.key", "--out", "dataset"),
    )
    return 0


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
