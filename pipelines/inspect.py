"""Says what is in a data set, whether it is whole, and shows pictures of it."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines import command

_EXAMPLES = """examples:
  python -m pipelines.inspect datasets/liver
  python -m pipelines.inspect datasets/liver --verify
  python -m pipelines.inspect datasets/liver --montage pictures/
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
        help="first check shards and manifest by their checksums",
    )
    parser.add_argument(
        "--montage",
        type=Path,
        metavar="DIR",
        help="write a picture of a few samples per class, one PNG for each sequence",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    return parser


def main(argv: Sequence[str]) -> int:
    """Parses, gathers, prints; with --verify a damaged data set ends it with 1."""
    asked = _parser().parse_args(argv)
    command.quiet_tensorflow()
    from pipelines import structured
    from pipelines.inspection import geometry, rejections, summary, text
    from pipelines.records import dataset_directory

    data = dataset_directory.open_dataset(asked.dataset)
    if asked.verify:
        problems = dataset_directory.verify(data)
        for problem in problems:
            print(problem, file=sys.stderr)
        if problems:
            return 1
        print("shards and manifest are as they were written", file=sys.stderr)
    rows = dataset_directory.read_manifest(data)
    found = summary.summarise(
        data,
        rows,
        geometry.geometries(data, progress=sys.stderr.isatty()),
        rejections.read_rejections(data),
    )
    if asked.json:
        print(json.dumps(structured.plain(found), indent=2, ensure_ascii=False))
    else:
        print(text.render(found))
    if asked.montage:
        from pipelines.inspection import montage

        for path in montage.write(data, rows, asked.montage):
            print(path, file=sys.stderr if asked.json else sys.stdout)
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
