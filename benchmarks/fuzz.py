"""Mutated DICOM series, NIfTI files, TFRecord shards and tables, in their thousands.

    python benchmarks/fuzz.py --out DIR
        [--kind dicom enhanced mosaic nifti records spreadsheets tables]
        [--count 10000] [--seconds S] [--seed 0] [--first 0]

Every input is a small sound file or series with one or two mutations: bytes flipped,
the end cut off, tags dropped, doubled, swapped between files, sizes lied about. It must
end as what an independent reader makes of it (pydicom and SimpleITK, nibabel, Python's
csv), or as a rejection with a cause; a mutated shard as a rejection or as the records
that were written. No crash, no hang (10 s of computing), nothing silently wrong.

Input number N of a seed is always the same: `--first N --count 1` tries one again.
What came of each is a line of DIR/tried.jsonl; a run into the same DIR leaves out what
stands there, so it may be stopped at any time. Prints a table, and every failure by its
seed and number; ends with 1 if there is one.
"""

import argparse
import collections
import dataclasses
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fuzz_workers import Tried, tried  # noqa: E402

from pipelines.terminal.table import align  # noqa: E402

KINDS = {
    "dicom": 10_000,
    "enhanced": 1_500,
    "mosaic": 1_500,
    "nifti": 10_000,
    "records": 10_000,
    "spreadsheets": 2_000,
    "tables": 2_000,
}


def run(
    kinds: Iterable[str],
    out: Path,
    *,
    seed: int,
    first: int = 0,
    count: int | None = None,
    seconds: float | None = None,
) -> list[Tried]:
    """Tries what is left of the inputs; all that stand in `out/tried.jsonl` then.

    Args:
        count: of each kind; none = as `KINDS` says.
        seconds: after which a kind is left.
    """
    out.mkdir(parents=True, exist_ok=True)
    path = out / "tried.jsonl"
    before = read(path)
    write(path, before)
    done = {(one.kind, one.seed, one.number) for one in before}
    with path.open("a", encoding="utf-8") as file:
        for kind in kinds:
            numbers = range(first, first + (KINDS[kind] if count is None else count))
            left = [n for n in numbers if (kind, seed, n) not in done]
            until = None if seconds is None else time.monotonic() + seconds
            with tempfile.TemporaryDirectory() as folder:
                for one in tried(
                    kind,
                    seed,
                    left,
                    Path(folder) / "work",
                    enough=lambda until=until: (
                        until is not None and time.monotonic() > until
                    ),
                ):
                    file.write(json.dumps(dataclasses.asdict(one)) + "\n")
                    file.flush()
    return read(path)


def read(path: Path) -> list[Tried]:
    """What was tried before; a last line that a kill cut off is left out."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [Tried(**json.loads(line)) for line in lines]


def write(path: Path, all_tried: list[Tried]) -> None:
    """Those tries and no others, so that no cut-off line stays before the next."""
    lines = [json.dumps(dataclasses.asdict(one)) for one in all_tried]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def summary(all_tried: list[Tried]) -> str:
    """A table: by kind, how many ended how, and the slowest."""
    rows = [("kind", "tried", "equal", "rejected", "failed", "slowest s")]
    for kind in dict.fromkeys(one.kind for one in all_tried):
        own = [one for one in all_tried if one.kind == kind]
        ends = collections.Counter(_end(one) for one in own)
        slowest = max(one.seconds for one in own)
        rows.append(
            (
                kind,
                str(len(own)),
                *(str(ends[word]) for word in ("equal", "rejected", "failed")),
                f"{slowest:.2f}",
            )
        )
    return align(rows, right=range(1, 6))


def _end(one: Tried) -> str:
    if one.failed:
        return "failed"
    return "equal" if one.verdict.startswith("equal") else "rejected"


def failures(all_tried: list[Tried]) -> list[str]:
    """The first of those that say the same but for numbers, with how many they are."""
    alike: dict[str, list[Tried]] = {}
    for one in all_tried:
        if one.failed:
            words = re.sub(r"[\d.e+-]+", "", f"{one.kind} {one.verdict}")[:60]
            alike.setdefault(words, []).append(one)
    return [
        f"{len(own)} x {own[0].kind} --seed {own[0].seed} --first {own[0].number} "
        f"({own[0].mutation}): {own[0].verdict[:400]}"
        for own in alike.values()
    ]


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=[*KINDS])
    parser.add_argument("--count", type=int, help="inputs of each kind")
    parser.add_argument("--seconds", type=float, help="after which a kind is left")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Tries the inputs and prints what came of them."""
    options = parse(arguments)
    all_tried = run(
        options.kind,
        options.out,
        seed=options.seed,
        first=options.first,
        count=options.count,
        seconds=options.seconds,
    )
    failed = failures(all_tried)
    print("\n".join([summary(all_tried), *failed]))
    print(options.out / "tried.jsonl")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
