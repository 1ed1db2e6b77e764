"""Turns studies (DICOM, NIfTI, MedMNIST3D) into a TFRecord data set."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import command
from pipelines.storage import executors

if TYPE_CHECKING:
    from pipelines.ingestion.result import LeftOut

_CHECK = ("--c", "--ch", "--che", "--chec", "--check")  # argparse takes each

_DESCRIPTION = """\
Turns a folder of studies and a table of labels into a TFRecord data set: sequences
are recognised, brought onto one grid, split by patient, and written under
pseudonyms."""

_EXAMPLES = """\
examples:
  a folder of DICOM files, in any arrangement:
    python -m pipelines.ingest --dicom studies/ --labels labels.csv \\
        --task liver_fibrosis --key ~/liver.key --out datasets/liver
  the same with a mask of the tumour for each study, of which the task takes slices:
    python -m pipelines.ingest --dicom studies/ --labels labels.csv \\
        --masks masks.csv --task glioma_voting --key ~/glioma.key --out datasets/glioma
  a table of NIfTI files (patient_id, study_id, sequence, path[, mask, frame]); frame
  is of a 4D file a number from 0, or b=800 where a .bval file lies beside it:
    python -m pipelines.ingest --table volumes.csv --labels labels.csv \\
        --task acdc --key ~/heart.key --out datasets/acdc
  a MedMNIST3D file, with its official split:
    python -m pipelines.ingest --medmnist vesselmnist3d.npz --task vesselmnist3d \\
        --key ~/vessel.key --out datasets/vesselmnist3d
  the same cohort grown by new studies, every known patient staying where it was:
    python -m pipelines.ingest --dicom studies/ --labels labels.csv --task mine.toml \\
        --key ~/liver.key --extend datasets/liver --out datasets/liver-2
  (with --absent keep, studies/ may hold the new studies alone)
  series named by a network (python -m zoo.name_series) or by hand, not by the rules:
    python -m pipelines.ingest --dicom studies/ --series series.csv \\
        --labels labels.csv --task liver.toml --key ~/liver.key --out datasets/liver
  what would come in, from headers and tables alone, in seconds; nothing is written:
    python -m pipelines.ingest --check --dicom studies/ --labels labels.csv \\
        --task mine.toml

--task is a .toml file of yours or a shipped one: {tasks}.
--help-task prints every key that a task file may have.
An interrupted run continues where it stopped when the same command is given again.
exit codes: 0 done; 1 failed on the data (also: studies were rejected, or with --check
would be, unless --allow-rejects); 2 wrong usage."""


def main(argv: Sequence[str]) -> int:
    """Parses the command line, ingests (or checks), prints what happened."""
    parser = _parser()
    options = parser.parse_args(argv)
    lacking = [n for n in ("key", "out") if getattr(options, n) is None]
    if lacking and not options.check:
        names = ", ".join(f"--{name}" for name in lacking)
        parser.error(f"the following arguments are required: {names}")
    if options.check:
        return _check(options, [word for word in argv if word not in _CHECK])
    with command.goes_on_by("pipelines.ingest", *argv):
        return _ingest(options)


def _ingest(options: argparse.Namespace) -> int:
    from pipelines.ingestion.request import Request, check_out, check_tables

    request = Request(**_source(options), key=options.key, out=options.out)
    check_out(request)
    check_tables(request)
    if request.workers > 1:
        executors.start_server()  # which loads what workers need while this loads, too
    from pipelines.ingestion import ingest_cohort  # what reads studies

    result = ingest_cohort.ingest(request, progress=True, left_out=_print_left_out)
    print(result.included)
    print(result.path)
    command.say_next("pipelines.inspect", result.path)
    return 1 if result.faults and not options.allow_rejects else 0


def _check(options: argparse.Namespace, without_check: list[str]) -> int:
    from pipelines.ingestion import partial_directory
    from pipelines.ingestion.request import SourceRequest, check_tables

    request = SourceRequest(**_source(options))
    if options.out is not None:
        partial_directory.path_of(options.out)
    check_tables(request)
    from pipelines.ingestion import check  # what reads headers

    checked = check.check(request, key=options.key, progress=True)
    print(checked.text())
    faults = bool(checked.left_out.faults) and not options.allow_rejects
    if faults or not checked.feasible:
        return 1
    lacking = [] if options.key else ["--key", "FILE"]
    lacking += [] if options.out else ["--out", "DIR"]
    command.say_next("pipelines.ingest", *without_check, *lacking)
    return 0


def _source(options: argparse.Namespace) -> dict[str, Any]:
    """What the request says of the source, by field."""
    from pipelines.tasks.task import load

    kind = next(k for k in ("dicom", "table", "medmnist") if getattr(options, k))
    return {
        "kind": kind,
        "source": getattr(options, kind),
        "labels": options.labels,
        "masks": options.masks,
        "series": options.series,
        "task": load(options.task),
        "split_by": options.split_by,
        "extend": options.extend,
        "absent": options.absent,
        "workers": options.workers,
    }


def _print_left_out(left_out: LeftOut) -> None:
    if text := left_out.causes_text():
        print(text, flush=True)


class _HelpTask(argparse.Action):
    """Prints the page on the task file, as `--help` prints that on the options."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str):
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from pipelines.tasks import page

        print(page.text(), end="")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    from pipelines.tasks.task import shipped

    parser = argparse.ArgumentParser(
        prog="python -m pipelines.ingest",
        description=_DESCRIPTION,
        epilog=_EXAMPLES.format(tasks=", ".join(shipped())),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--dicom", type=Path, metavar="DIR", help="folder of studies")
    source.add_argument(
        "--table", type=Path, metavar="CSV", help="table of NIfTI files"
    )
    source.add_argument("--medmnist", type=Path, metavar="NPZ", help="MedMNIST3D file")
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="CSV",
        help="table (.csv, .xlsx, .ods; FILE#SHEET, FILE.csv#CODEPAGE): one key column "
        "(patient_id, study_id or series_id), the target column, covariates, "
        "and optionally role (train_only) and site",
    )
    parser.add_argument(
        "--masks",
        type=Path,
        metavar="CSV",
        help="with --dicom, the regions of interest: a key column (patient_id or "
        "study_id) and path, a NIfTI file by its own affine, relative to the table",
    )
    parser.add_argument(
        "--series",
        type=Path,
        metavar="CSV",
        help="with --dicom: a table of what each series is (series_id, sequence), as "
        "`python -m zoo.name_series` writes it, in place of the task's rules",
    )
    parser.add_argument("--task", required=True, help="task file, or a shipped name")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the project's secret key behind all pseudonyms; made if absent. Keep it "
        "outside the source and the data set, one for all data sets of a project",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="data set to make")
    parser.add_argument(
        "--check",
        action="store_true",
        help="say what would come in and what not, by headers and tables alone, and "
        "write nothing; --key and --out may be left out",
    )
    parser.add_argument(
        "--help-task",
        action=_HelpTask,
        help="print every key of a task file with its values, and exit",
    )
    parser.add_argument(
        "--split-by",
        choices=("patient", "image"),
        default="patient",
        help="what is dealt to the splits. image: each of the slices of roi_slices, to "
        "repeat a paper that did so; it leaks, and every output says so (default: "
        "%(default)s)",
    )
    parser.add_argument(
        "--extend",
        type=Path,
        metavar="DATASET",
        help="keep the split of every patient of this data set; deal only new ones",
    )
    parser.add_argument(
        "--absent",
        choices=("keep", "drop"),
        help="with --extend: keep the records of samples that the source lacks, or "
        "leave them out (default: stop and name their patients)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="studies worked on side by side (default: %(default)s, one per core)",
    )
    parser.add_argument(
        "--allow-rejects",
        action="store_true",
        help="exit 0 even if studies were rejected",
    )
    return parser


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
