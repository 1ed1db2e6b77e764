"""Says what is in a data set, whether it is whole, and shows pictures of it."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines import command
from pipelines.augment import augmentation
from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity import channels
from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.manifest import Row
from pipelines.storage import config_files, output_paths

_SHEET = Path("augmentation.png")
_EXAMPLES = """examples:
  python -m pipelines.inspect datasets/liver
  python -m pipelines.inspect datasets/liver --verify
  python -m pipelines.inspect datasets/liver --montage pictures/
  python -m pipelines.inspect datasets/liver --augment prostate_sequences
  python -m pipelines.inspect datasets/liver --augment mine.toml --out mine.png
  python -m pipelines.inspect datasets/liver --json > liver.json
exit codes: 0 done; 1 the data set is damaged or can't be read; 2 wrong usage
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.inspect",
        description=(
            "Says what a data set holds: classes by split, voxel spacing, scanners, "
            "sites, sex and age by class, what was left out and why, duplicates."
        ),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "dataset", metavar="DATASET", help="directory that pipelines.ingest wrote"
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="first check shards and manifest by their checksums, and what records "
        "state of their foreground by their voxels",
    )
    parser.add_argument(
        "--montage",
        type=Path,
        metavar="DIR",
        help="write a picture of a few samples per class, one PNG for each sequence",
    )
    parser.add_argument(
        "--augment",
        metavar="PRESET|FILE",
        help="draw a sheet of training samples before and after an augmentation: a "
        "shipped preset or a .toml file",
    )
    parser.add_argument(
        "--normalisation",
        choices=("zscore", "percentile", "equalise", "none"),
        help="of the intensities that --augment changes (default: zscore)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PNG",
        help="the sheet of --augment (default: augmentation.png)",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    return parser


def main(argv: Sequence[str]) -> int:
    """Parses, gathers, prints; with --verify a damaged data set ends it with 1."""
    asked = _parser().parse_args(argv)
    augmented = _augmentation(asked)
    _check_places(asked)
    data = open_dataset(asked.dataset)
    if augmented is not None:
        channels.check(augmented.intensity.operations, len(data.task.channels))
    from pipelines.inspection import geometry, rejections, summary, text
    from pipelines.records.verification import verify

    if asked.verify:
        problems = verify(data)
        for problem in problems:
            print(problem, file=sys.stderr)
        if problems:
            return 1
        print("shards and manifest are as they were written", file=sys.stderr)
    rows = read_manifest(data)
    data_summary = summary.summarise(
        data,
        rows,
        geometry.geometries(data, progress=sys.stderr.isatty()),
        rejections.read_rejections(data),
    )
    if asked.json:
        print(
            json.dumps(config_files.plain(data_summary), indent=2, ensure_ascii=False)
        )
    else:
        print(text.render(data_summary))
    for path in _pictures(asked, augmented, data, rows):
        print(path, file=sys.stderr if asked.json else sys.stdout)
    return 0


def _augmentation(asked: argparse.Namespace) -> Augmentation | None:
    """The one that a sheet is to be drawn of."""
    if asked.augment is not None:
        return augmentation.load(asked.augment)
    for name in ("out", "normalisation"):
        if getattr(asked, name) is not None:
            raise UsageError(
                f"--{name} goes with --augment alone. "
                f"Received: --{name} {getattr(asked, name)}"
            )
    return None


def _check_places(asked: argparse.Namespace) -> None:
    """What is to be written can be, before the data set is read."""
    if asked.montage:
        output_paths.check_directory(asked.montage, "--montage")
    if asked.augment is not None:
        output_paths.check_file(asked.out or _SHEET, "--out")


def _pictures(
    asked: argparse.Namespace,
    augmented: Augmentation | None,
    data: DataSet,
    rows: tuple[Row, ...],
) -> Iterator[Path]:
    """Draws what was asked for."""
    if asked.montage:
        from pipelines.inspection import montage

        yield from montage.write(data, rows, asked.montage)
    if augmented is not None:
        from pipelines.inspection import augmentation_sheet

        yield augmentation_sheet.write(
            data,
            rows,
            asked.out or _SHEET,
            augmentation=augmented,
            normalisation=asked.normalisation or "zscore",
        )


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
