"""The options of `pipelines.inspect`."""

import argparse
from pathlib import Path

_STUDIES = 6
_EXAMPLES = """examples:
  python -m pipelines.inspect datasets/liver
  python -m pipelines.inspect datasets/liver --verify
  python -m pipelines.inspect datasets/liver --montage pictures/
  python -m pipelines.inspect datasets/liver --alignment pictures/
  python -m pipelines.inspect --dicom studies/
  python -m pipelines.inspect --dicom studies/ --labels labels.csv --task mine.toml \\
      --verify --montage pictures/ --alignment pictures/
  python -m pipelines.inspect datasets/liver --augment prostate_sequences
  python -m pipelines.inspect datasets/liver --augment mine.toml --out mine.png
  python -m pipelines.inspect datasets/liver --json > liver.json
exit codes: 0 done; 1 the data set is damaged or can't be read, or studies would be
rejected; 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """What may be asked of a data set, or of studies that are not ingested yet."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.inspect",
        description=(
            "Says what a data set holds: classes by split, voxel spacing, scanners, "
            "sites, sex and age by class, covariates by split, what was left out and "
            "why, duplicates. Of studies that are not ingested yet: what would be."
        ),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "dataset",
        nargs="?",
        metavar="DATASET",
        help="directory that pipelines.ingest wrote",
    )
    parser.add_argument(
        "--dicom", type=Path, metavar="DIR", help="or studies that are not ingested yet"
    )
    parser.add_argument(
        "--table", type=Path, metavar="CSV", help="the same, as a table of NIfTI files"
    )
    parser.add_argument(
        "--task",
        help="of --dicom and --table: a file, or a name; without one --dicom says "
        "which kinds of series there are",
    )
    parser.add_argument("--labels", type=Path, metavar="CSV", help="of these likewise")
    parser.add_argument("--masks", type=Path, metavar="CSV", help="of these likewise")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="first check shards and manifest by their checksums, and what records "
        "state of their foreground by their voxels; and list whose sex or age is one "
        "in the header and another one in the label file",
    )
    parser.add_argument(
        "--montage",
        type=Path,
        metavar="DIR",
        help="write a picture of a few samples per class, one PNG for each sequence, "
        "and one of all sequences side by side with lines through them; a centre that "
        "grid.centre found is marked; pictures of before are drawn anew",
    )
    parser.add_argument(
        "--alignment",
        type=Path,
        metavar="DIR",
        help="of the same samples, write how the sequences lie on each other, before "
        "and after registration, and say whether the task should register; figures of "
        "before are drawn anew",
    )
    parser.add_argument(
        "--studies",
        type=int,
        default=_STUDIES,
        metavar="N",
        help="how many studies pictures of --dicom and --table show (default "
        "%(default)s)",
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
        help="the sheet of --augment, which does not exist (default: "
        "augmentation.png, which is drawn anew)",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    return parser
