"""Writes a task file for an export, from what its headers and its label table hold."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import command
from pipelines.storage import executors

if TYPE_CHECKING:
    from pipelines.drafting.draft_file import Draft
    from pipelines.drafting.request import DraftRequest

_DESCRIPTION = """\
Looks through a folder of studies (headers alone; pixels only of one series of each
kind, for the pictures), shows what there is, and writes a commented task file that
pipelines.ingest takes: rules that tell the sequences apart, target, covariates, grid,
inclusion limits, registration and split, each with the numbers that it rests on. At the
end it says how many studies come in by it, and why the others don't."""

_EXAMPLES = """\
examples:
  a folder of DICOM files, in any arrangement, and a spreadsheet:
    python -m pipelines.draft --dicom studies/ --labels labels.xlsx --out mine.toml
  the same with a page and a picture of each kind of series:
    python -m pipelines.draft --dicom studies/ --labels labels.xlsx --out mine.toml \\
        --html mine.html --sheet mine.png
  a table of NIfTI files (patient_id, study_id, sequence, path[, mask, frame]):
    python -m pipelines.draft --table volumes.csv --labels labels.csv --out heart.toml
  without labels: the target is marked as still to be named, or, by an answer, it is
  which sequence a series is:
    python -m pipelines.draft --dicom studies/ --out mine.toml --answers answers.toml
    with answers.toml: learn = "sequence"

It asks only what it can't know: in the terminal, if it runs in one, or by --answers;
else it takes the default, or marks the place in the file.
Screen output holds header text and ids; task file, page and sheet hold neither ids nor
paths. A file that is there is not overwritten by any of the three.
exit codes: 0 done; 1 failed on the data (also: no study comes in, or they can't be
split); 2 wrong usage."""


def main(argv: Sequence[str]) -> int:
    """Parses the command line, drafts the file, prints what comes in by it."""
    request = _request(_parser().parse_args(argv))
    if request.workers > 1 and request.kind == "dicom":
        executors.start_server()
    from pipelines.drafting import draft_file  # what reads headers

    drafted = draft_file.draft(
        request,
        terminal=sys.stdin.isatty() and sys.stdout.isatty(),
        progress=True,
        show=lambda text: print(text, flush=True),
    )
    print(_end(drafted))
    print(drafted.path)
    labels = ("--labels", request.labels or "labels.csv")
    needed = drafted.placeholder or request.labels is not None
    command.say_next(
        "pipelines.ingest",
        *(f"--{request.kind}", request.source),
        *(labels if needed else ()),
        *("--task", request.out, "--key", "project.key", "--out", request.out.stem),
    )
    return 1 if drafted.checked.split_fault or not drafted.checked.work_items else 0


def _end(drafted: Draft) -> str:
    lines = ["", drafted.checked.text()]
    if drafted.placeholder:
        lines.append(
            f"still to be named in {drafted.path}: the target. Until FILL IN is "
            "replaced there, the file is refused"
        )
    lines += [f"nobody answered: {one.key}: {one.text}" for one in drafted.open]
    return "\n".join(lines)


def _request(options: argparse.Namespace) -> DraftRequest:
    from pipelines.drafting.request import DraftRequest

    kind = "dicom" if options.dicom is not None else "table"
    return DraftRequest(
        kind=kind,
        source=getattr(options, kind),
        out=options.out,
        labels=options.labels,
        answers=options.answers,
        html=options.html,
        sheet=options.sheet,
        workers=options.workers,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.draft",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--dicom", type=Path, metavar="DIR", help="folder of studies")
    source.add_argument(
        "--table", type=Path, metavar="CSV", help="table of NIfTI files"
    )
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="table (.csv, .xlsx, .ods; FILE#SHEET, FILE.csv#CODEPAGE) with a row for "
        "each patient or study; which column is the id and which the target is "
        "found out, or asked",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="TOML", help="task file to write"
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="TOML file of answers (key = value) to what can't be known; the command "
        "names the keys that it asks",
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="a page of all that there is"
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="PNG", help="a picture of each kind of series"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that read headers (default: %(default)s, one per core)",
    )
    return parser


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
