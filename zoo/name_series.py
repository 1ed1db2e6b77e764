"""Command: which sequence each series of an unsorted export is, by a finished run."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import command
from pipelines.errors import UsageError
from pipelines.storage import atomic_files, output_paths

if TYPE_CHECKING:
    from zoo.naming.series_row import SeriesRow
    from zoo.runs.run import Run

_LEAST_PROBABILITY = 0.5
TABLE, LINKS = "series.csv", "bids"

_DESCRIPTION = """\
Names the series of an unsorted PACS export with a trained run of a task whose unit is
the series, such as prostate_sequences. series.csv has a row for each series (a
diffusion series is split by b-value first, as in UID#b=800): its sequence or `unknown`;
the probability; what the task's rules on header facts say, and whether both agree; the
number of images; and why a series could not be looked at. What the task's own criteria
leave out (too few slices, another plane) is `unknown`, with the reason.

A series is `unknown` by the reject rule that `python -m zoo.calibrate` gave the run;
without one where its class is less probable than --threshold.

series.csv is by its purpose about identified studies: it holds PatientID and UIDs and
is personal data. The images are only read; nothing is moved or overwritten."""

_EXAMPLES = """\
examples:
  python -m zoo.name_series --run runs/names --dicom /data/export --out series.csv
  python -m zoo.name_series --run runs/names --dicom /data/export --out sorted --bids
      sorted/series.csv with a column `bids`, and sorted/bids/sub-001/ses-01/... with
      symbolic links to the files
  python -m pipelines.ingest --dicom /data/export --series series.csv \\
      --task mine.toml --labels labels.csv --key ~/project.key --out datasets/mine
      a data set whose sequences are those that the network named

exit codes: 0 done; 1 a series could not be read (the others are named all the same), or
failed on the data; 2 wrong usage"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.name_series",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "--run",
        required=True,
        metavar="RUN",
        help='a finished run, or all folds of one, of a task with unit = "series"',
    )
    parsed.add_argument(
        "--dicom", required=True, metavar="DIR", help="a tree of DICOM files"
    )
    parsed.add_argument(
        "--out",
        required=True,
        metavar="FILE|DIR",
        help="a .csv file, or a new directory for series.csv; neither may be there",
    )
    parsed.add_argument(
        "--bids",
        action="store_true",
        help="names in the manner of BIDS: a column, and in a directory links as well",
    )
    parsed.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="of a run without a reject rule: the probability below which a series is "
        f"unknown (default {_LEAST_PROBABILITY})",
    )
    parsed.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="processes that read DICOM headers (default 1)",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Writes series.csv, prints what became of the series."""
    options = parser().parse_args(argv)
    _check(options)
    from zoo.prediction import finished_runs

    run, *others = finished_runs.by_fold(options.run).values()
    least = _least_probability(options, run, others)
    rows, seconds = _rows(options, run, least)
    from zoo.naming import series_table

    table = _write(Path(options.out), rows, bids=options.bids)
    for row in rows:
        if row.is_fault:
            print(f"{row.series_id}: {row.error}", file=sys.stderr)
    print(series_table.summary(rows, seconds=seconds))
    print(table)
    print(series_table.NOTE, file=sys.stderr)
    command.say_next(
        "pipelines.ingest",
        "--dicom",
        options.dicom,
        "--series",
        table,
        "--task",
        "TASK",
    )
    return int(any(row.is_fault for row in rows))


def _rows(
    options: argparse.Namespace, run: Run, least: float | None
) -> tuple[list[SeriesRow], float]:
    """All series, and the seconds that headers and images took, no loading."""
    from tqdm import tqdm

    from pipelines.ingestion import new_study

    start = time.perf_counter()
    found = list(
        new_study.dicom_studies(options.dicom, run.task, workers=options.workers)
    )
    headers = time.perf_counter() - start
    from zoo.naming.named_rows import named_rows
    from zoo.prediction import predictor

    network = predictor.load(options.run)
    start = time.perf_counter()
    each = named_rows(found, network, least_probability=least)
    rows = list(tqdm(each, total=len(found), unit="series", disable=None))
    return rows, headers + time.perf_counter() - start


def _write(out: Path, rows: Sequence[SeriesRow], *, bids: bool) -> Path:
    """Writes the table, and links where there is a directory for them."""
    from zoo.naming import bids_names, series_table

    names = bids_names.bids_names(rows) if bids else None
    text = series_table.text(rows, names)
    if out.suffix == ".csv":
        atomic_files.write_text(out, text)
        return out
    with atomic_files.new_directory(out) as aside:
        atomic_files.write_text(aside / TABLE, text)
        if names is not None:
            bids_names.link(aside / LINKS, rows, names)
    return out / TABLE


def _least_probability(
    options: argparse.Namespace, run: Run, others: Sequence[Run]
) -> float | None:
    """Refuses a run that names no series; none where its reject rule decides."""
    target = run.task.target
    if run.task.unit != "series" or not target.is_single_label:
        raise UsageError(
            'zoo.name_series wants a run of a task with unit = "series" and one class '
            f"for each, such as prostate_sequences. Received: {options.run}, of the "
            f"task {run.task.name} with unit = {run.task.unit!r}"
        )
    if run.recipe.head.covariates:
        raise UsageError(
            f"the network of {options.run} also sees covariates, which an unsorted "
            "export lacks. Name a run that sees images alone"
        )
    from zoo.evaluation.last_stage import stage_file

    stages = stage_file.of_runs([run, *others])
    if not any(stage.reject is not None for stage in stages):
        return _LEAST_PROBABILITY if options.threshold is None else options.threshold
    if options.threshold is not None:
        raise UsageError(
            f"{options.run} has a reject rule, which says what is unknown: leave "
            f"--threshold out. Received: {options.threshold:g}"
        )
    return None


def _check(options: argparse.Namespace) -> None:
    """What can be said before the slow part begins."""
    if not Path(options.dicom).is_dir():
        raise UsageError(f"{options.dicom} is not a directory")
    if options.workers < 1:
        raise UsageError(f"--workers wants 1 or more. Received: {options.workers}")
    if options.threshold is not None and not 0 <= options.threshold <= 1:
        raise UsageError(
            f"--threshold is a probability, 0 to 1. Received: {options.threshold:g}"
        )
    out = Path(options.out)
    if out.resolve().is_relative_to(Path(options.dicom).resolve()):
        raise UsageError(
            f"--out {out} would lie inside the export {options.dicom}. Name another "
            "place"
        )
    if out.suffix == ".csv":
        output_paths.check_new_file(out, "--out")
        return
    output_paths.check_directory(out, "--out")
    if out.exists():
        raise UsageError(f"--out {out} exists. Name a new directory, or a .csv file")


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
