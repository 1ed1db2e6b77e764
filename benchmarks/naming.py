"""A decision tree on header facts beside the rules of a task and a network.

The tree learns on the series of a phantom cohort whose truth is in its labels.csv, and
is tried on the cohort's held-out patients and on series of elsewhere:

    python -m pipelines.phantom names --plan prostate_sequences
    python -m benchmarks.naming names --try DICOM [--names series.csv]

It looks at numbers and coded words of the header, at no description.
"""

import argparse
import math
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sklearn.tree import DecisionTreeClassifier, export_text

from pipelines import command
from pipelines.cohort.maps import acquired_b_value
from pipelines.privacy.original_ids import unguarded
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Series
from pipelines.storage import csv_files
from pipelines.tables import table_file
from pipelines.tasks import task as tasks
from pipelines.terminal.table import align
from zoo.naming.header_rule import rule_of

UNKNOWN = "unknown"
NUMBERS = ("echo time", "repetition time", "inversion time", "b-value", "slices")
WORDS = (
    *(("scanning_sequence", word) for word in ("SE", "GR", "EP", "IR")),
    ("scan_options", "FS"),
    *(("image_type", w) for w in ("DERIVED", "ADC", "DIFFUSION", "LOCALIZER")),
)
PLANES = ("axial", "sagittal", "coronal")
FACTS = (*NUMBERS, *(f"{place} {word}" for place, word in WORDS), *PLANES)


def facts(series: Series) -> list[float]:
    """What the tree looks at; -1 where the header does not say."""
    numbers = (
        series.echo_time_ms,
        series.repetition_time_ms,
        series.inversion_time_ms,
        acquired_b_value(series),
        len(series.frames),
    )
    there = [
        float(word in {w.strip().upper() for w in getattr(series, place)})
        for place, word in WORDS
    ]
    planes = [float(series.plane == plane) for plane in PLANES]
    return [
        *(-1.0 if n is None or math.isnan(n) else float(n) for n in numbers),
        *there,
        *planes,
    ]


def truths(cohort: Path) -> dict[str, str]:
    """By series_id, what the phantom says that it is."""
    table = csv_files.parse(
        (cohort / "labels.csv").read_text(encoding="utf-8"), name="labels.csv"
    )
    return {row.cells[0]: row.cells[1] for row in table.rows}


def named(path: Path) -> dict[str, str]:
    """By series_id, what the network said."""
    table = table_file.read(path, as_written=True)
    ids, sequence = (table.header.index(n) for n in ("series_id", "sequence"))
    return {unguarded(row.cells[ids]): row.cells[sequence] for row in table.rows}


def share(pairs: Sequence[tuple[str, str]]) -> str:
    """How many of how many are right."""
    return f"{sum(a == b for a, b in pairs)} of {len(pairs)}"


def main(argv: Sequence[str]) -> int:
    """Prints who is right of which series."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.naming",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("cohort", type=Path, help="of pipelines.phantom --plan")
    parser.add_argument("--try", dest="tried", type=Path, help="DICOM of elsewhere")
    parser.add_argument("--names", type=Path, help="what a network said of --try")
    parser.add_argument("--depth", type=int, default=6, help="of the tree (default 6)")
    options = parser.parse_args(argv)
    task = tasks.load("prostate_sequences")
    truth = truths(options.cohort)
    found = scan_dicom.scan(options.cohort / "dicom").series
    patients = sorted({one.patient_id for one in found})
    random.Random(0).shuffle(patients)
    held_out = set(patients[: max(1, len(patients) // 5)])
    train = [one for one in found if one.patient_id not in held_out]
    test = [one for one in found if one.patient_id in held_out]
    tree = DecisionTreeClassifier(max_depth=options.depth, random_state=0)
    tree.fit([*map(facts, train)], [truth.get(one.key, UNKNOWN) for one in train])
    print(export_text(tree, feature_names=list(FACTS)))
    said = tree.predict([*map(facts, test)])
    right = [truth.get(one.key, UNKNOWN) for one in test]
    rules = [rule_of(one, task) or UNKNOWN for one in test]
    print(f"phantom, {len(held_out)} patients held out: {Counter(right)}")
    print(f"  tree {share([*zip(right, said)])}, rules {share([*zip(right, rules)])}")
    if options.tried is not None:
        print(_elsewhere(options, task, tree))
    return 0


def _elsewhere(
    options: argparse.Namespace, task: tasks.Task, tree: DecisionTreeClassifier
) -> str:
    network = named(options.names) if options.names else {}
    lines = [("series", "tree", "rules", "network")]
    for one in scan_dicom.scan(options.tried).series:
        (said,) = tree.predict([facts(one)])
        rule = rule_of(one, task) or UNKNOWN
        lines.append((one.label, said, rule, network.get(one.key, "")))
    return align(lines)


if __name__ == "__main__":
    command.leave(command.run(main))
