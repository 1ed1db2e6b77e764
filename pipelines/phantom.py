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
  python -m pipelines.phantom cohort --plan liver_fibrosis --scale 0.5
  python -m pipelines.phantom cohort --plan my_study.toml --quick
then:
  python -m pipelines.ingest --dicom cohort/dicom --labels cohort/labels.csv \\
      --task cohort/task.toml --key project.key --out dataset
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.phantom",
        description=(
            "Writes OUT/dicom, OUT/labels.csv and OUT/task.toml: invented patients\n"
            "of three vendors. The classes ring and solid differ by a planted sign,\n"
            "never by brightness. With --plan the cohort of a study, whose task is\n"
            "the shipped one of that name."
        ),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", metavar="OUT", help="new or empty directory")
    parser.add_argument(
        "--plan",
        metavar="NAME",
        help="cohort of a study, a shipped plan or a .toml file: docs/phantoms.md",
    )
    parser.add_argument(
        "--scale",
        type=float,
        help="with --plan: against the paper's number of patients; default 0.1",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="with --plan: a small cohort, to see that all of it runs",
    )
    parser.add_argument("--patients", type=int, help="default 120")
    parser.add_argument(
        "--sign",
        help="texture (default): to be seen in single slices; through_plane: only in "
        "the order of the slices",
    )
    parser.add_argument(
        "--sequences",
        nargs="+",
        metavar="NAME",
        help="of T2WI T1WI DWI ADC DTI; default T2WI",
    )
    parser.add_argument(
        "--form",
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
    return _planned(asked) if asked.plan is not None else _planted(asked)


def _planned(asked: argparse.Namespace) -> int:
    """The cohort of a study."""
    _refuse(
        asked, ("patients", "sign", "sequences", "form", "disarranged"), "no --plan"
    )
    from pipelines.phantoms import estimate, plans

    if asked.quick and asked.scale is not None:
        raise UsageError("--quick has its own number of patients: leave out --scale")
    plan = plans.load(asked.plan)
    scale = estimate.DEFAULT_SCALE if asked.scale is None else asked.scale
    estimate.check(scale=scale, seed=asked.seed, workers=asked.workers)
    estimate.check_place(asked.out)
    coming = estimate.estimate(
        plan, scale=scale, quick=asked.quick, workers=asked.workers
    )
    print(f"{plan.name}: {coming}", file=sys.stderr)
    from pipelines.phantoms import planned_cohort

    written = planned_cohort.write(
        asked.out,
        plan=plan,
        scale=scale,
        quick=asked.quick,
        seed=asked.seed,
        workers=asked.workers,
        progress=sys.stderr.isatty(),
    )
    print(written)
    labels = ("--labels", written / "labels.csv") if plan.unit == "patient" else ()
    masks = ("--masks", written / "masks.csv") if plan.mask is not None else ()
    command.say_next(
        "pipelines.ingest",
        *("--dicom", written / "dicom", *labels, *masks, "--task", plan.task),
        *("--key", "project.key", "--out", "dataset"),
    )
    return 0


def _refuse(asked: argparse.Namespace, names: tuple[str, ...], cure: str) -> None:
    """Refuses options that go with another kind of cohort."""
    for name in names:
        if getattr(asked, name):
            raise UsageError(f"--{name} goes with {cure}")


def _planted(asked: argparse.Namespace) -> int:
    """The cohort of one planted sign, with its own task."""
    _refuse(asked, ("scale", "quick"), "--plan NAME")
    from pipelines.phantoms.plan import Plan

    try:
        plan = Plan(
            patients=120 if asked.patients is None else asked.patients,
            sign=asked.sign or "texture",
            sequences=tuple(asked.sequences or ("T2WI",)),
            form=asked.form or "classic",
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
