"""Turns studies (DICOM, NIfTI, MedMNIST3D) into a TFRecord data set."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.storage import executors

_DESCRIPTION = """\
Turns a folder of studies and a table of labels into a TFRecord data set: sequences
are recognised, brought onto one grid, split by patient, and written under
pseudonyms."""

_EXAMPLES = """\
examples:
  a folder of DICOM files, in any arrangement:
    python -m pipelines.ingest --dicom studies/ --labels labels.csv \\
        --task liver_fibrosis --key ~/liver.key --out datasets/liver
  a table of NIfTI files (patient_id, study_id, sequence, path[, mask, frame]):
    python -m pipelines.ingest --table volumes.csv --labels labels.csv \\
        --task acdc --key ~/heart.key --out datasets/acdc
  a MedMNIST3D file, with its official split:
    python -m pipelines.ingest --medmnist vesselmnist3d.npz --task vesselmnist3d \\
        --key ~/vessel.key --out datasets/vesselmnist3d
  the same cohort grown by new studies, every known patient staying where it was:
    python -m pipelines.ingest --dicom studies/ --labels labels.csv --task mine.toml \\
        --key ~/liver.key --extend datasets/liver --out datasets/liver-2
  (with --absent keep, studies/ may hold the new studies alone)

--task is a .toml file of yours or a shipped one: {tasks}.
An interrupted run continues where it stopped when the same command is given again.
exit codes: 0 done; 1 failed on the data (also: studies were rejected, unless
--allow-rejects); 2 wrong usage."""


def main(argv: Sequence[str]) -> int:
    """Parses the command line, ingests, prints what happened and the path."""
    options = _parser().parse_args(argv)
    from pipelines.ingestion.request import Request, check_out
    from pipelines.tasks.task import load

    kind = next(k for k in ("dicom", "table", "medmnist") if getattr(options, k))
    request = Request(
        kind=kind,
        source=getattr(options, kind),
        labels=options.labels,
        task=load(options.task),
        key=options.key,
        out=options.out,
        extend=options.extend,
        absent=options.absent,
        workers=options.workers,
    )
    check_out(request)
    if request.workers > 1:
        executors.start_server()  # which loads what workers need while this loads, too
    from pipelines.ingestion import ingest_cohort  # what reads studies

    result = ingest_cohort.ingest(request, progress=True)
    print(result.text())
    print(result.path)
    return 1 if result.faults and not options.allow_rejects else 0


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
        help="one key column (patient_id, study_id or series_id), the target column, "
        "covariates, and optionally role (train_only) and site",
    )
    parser.add_argument("--task", required=True, help="task file, or a shipped name")
    parser.add_argument(
        "--key",
        type=Path,
        required=True,
        metavar="FILE",
        help="the project's secret key behind all pseudonyms; made if absent. Keep it "
        "outside the source and the data set, one for all data sets of a project",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
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
