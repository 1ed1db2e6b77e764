"""Command: a published study from its patients to its table beside ours."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import command
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from zoo.studies.request import Request

_DESCRIPTION = """\
Runs a published study end to end: cohort (with --phantom a synthetic one), ingest,
trainings, ensembles, comparisons, and one page, study.html, that puts the paper's table
beside ours with our intervals. Each step is one of the project's own commands, run as a
process. The same command goes on where it was killed; finished steps are not run again.
Time and disk of what is left are said first, roughly, as of an idle machine.
"""

_EXAMPLES = """\
studies: {studies}
examples:
  python -m zoo.study liver_fibrosis --phantom --quick --out studies/liver
      the whole way on a small synthetic cohort, to see that it runs
  python -m zoo.study nash --phantom --scale 1 --weights none --out studies/nash
  python -m zoo.study liver_fibrosis --dicom /data/liver --labels labels.csv \\
      --out studies/liver
      the replication, on patients of your own
  python -m zoo.study glioma_voting --dicom DIR --labels labels.csv \\
      --masks masks.csv --split-by image --out studies/glioma
      by patient and, as the paper did, by image: how much that flatters
  python -m zoo.study cardiac_acdc --table volumes.csv --labels labels.csv \\
      --out studies/heart
  python -m zoo.study mine.toml --phantom --out studies/mine
exit codes: 0 done; 1 a step failed on the data; 2 wrong usage
how a study file is written: docs/studies.md
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    from zoo.studies import study

    parsed = argparse.ArgumentParser(
        prog="python -m zoo.study",
        description=_DESCRIPTION,
        epilog=_EXAMPLES.format(studies=", ".join(study.shipped())),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument("study", metavar="NAME|FILE.toml", help="a study")
    source = parsed.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--phantom", action="store_true", help="patients that are invented"
    )
    source.add_argument("--dicom", type=Path, metavar="DIR", help="folder of studies")
    source.add_argument(
        "--table", type=Path, metavar="CSV", help="table of NIfTI files"
    )
    parsed.add_argument("--labels", type=Path, metavar="CSV", help="of real patients")
    parsed.add_argument("--masks", type=Path, metavar="CSV", help="of real patients")
    parsed.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="of the pseudonyms (default: project.key in --out)",
    )
    parsed.add_argument(
        "--scale",
        type=float,
        metavar="SHARE",
        help="of phantoms: of the paper's patients (default 0.1; 1 = all)",
    )
    parsed.add_argument(
        "--quick",
        action="store_true",
        help="a small cohort and short trainings, to see that all of it runs",
    )
    parsed.add_argument("--seed", type=int, help="of phantoms (default 0)")
    parsed.add_argument(
        "--weights",
        choices=("none",),
        help="none: train every network from scratch, whatever the study says",
    )
    parsed.add_argument(
        "--split-by",
        choices=("patient", "image"),
        default="patient",
        help="image: deal images to the splits, too, as some papers did; it leaks, and "
        "the page shows how much that flatters",
    )
    parsed.add_argument(
        "--variants", action="store_true", help="train the study's variants, too"
    )
    parsed.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="the study's directory; one that is there is gone on with",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Runs what is left of the study, prints the path of its page."""
    options = parser().parse_args(argv)
    from zoo.studies import begun, estimate, final_recipes, runner

    request = request_of(options)
    recipes = final_recipes.recipes(request)
    begun.begin(request, recipes)
    if coming := estimate.text(request, recipes):
        print(coming, file=sys.stderr)
    with command.goes_on_by("zoo.study", *argv):
        runner.run(request)
    from zoo.studies import page, report

    print(page.write(report.report(request, recipes), request.out))
    return 0


def request_of(options: argparse.Namespace) -> "Request":
    """What the parsed command line asks for.

    Raises:
        UsageError: options that do not fit each other, or the study.
    """
    from zoo.studies import request, study

    kinds = ("dicom", "table")
    kind = next((k for k in kinds if getattr(options, k)), "phantom")
    places = ("labels", "masks", "key", "out")
    if options.seed is not None and options.seed < 0:
        raise UsageError(f"--seed is 0 or more. Received: {options.seed}")
    return request.Request(
        name=Path(options.study).stem,
        study=study.load(options.study),
        kind=kind,
        source=_absolute(getattr(options, kind)) if kind != "phantom" else None,
        **{place: _absolute(getattr(options, place)) for place in places},
        scale=options.scale,
        quick=options.quick,
        seed=options.seed,
        without_weights=options.weights == "none",
        by_image=options.split_by == "image",
        variants=options.variants,
    )


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.absolute()


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
