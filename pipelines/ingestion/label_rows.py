"""The rows of the label file held against the ids that the images have.

Before anything is dropped, or kept for ever as unlabelled: ids that a spreadsheet
program or a slip changed must stop the run, not become patients without a label.
"""

import sys
from pathlib import Path

from pipelines.cohort.labels import Labels
from pipelines.cohort.masks import Masks
from pipelines.errors import DataError
from pipelines.ingestion.cohort import Names, Unwanted
from pipelines.tables import alike, table_file
from pipelines.tables.table_file import SHOWN

_KINDS = {"patient_id": "patient", "study_id": "study"}
_PLURALS = {"patient": "patients", "study": "studies"}


def check(path: Path, labels: Labels, names: Names) -> None:
    """Says on the screen which ids stand alone: where no row fits, or studies are lost.

    Args:
        path: of the label file, for messages.
        names: which noted every id of the images.

    Raises:
        DataError: an id of the images stands in the file as a spreadsheet program
            changed it; or, where studies without a label are skipped or kept, one that
            has no row is alike a row that fits no image.
    """
    if labels.key not in _KINDS:
        return
    lacking, unused = _alone(labels, names)
    pairs = table_file.spoiled_pairs(lacking, labels.rows)
    may_be_dropped = labels.task.missing_label != "reject"
    if may_be_dropped and not pairs:
        pairs = alike.pairs(lacking, unused)
    if pairs:
        raise DataError(_in_words(path, labels, pairs))
    if lacking and unused and (may_be_dropped or len(unused) == len(labels.rows)):
        kind = _KINDS[labels.key]
        print(
            f"note: {len(lacking)} {_PLURALS[kind]} have no row in {path}: "
            f"{_some(lacking)}. {len(unused)} rows of it fit no {kind}: "
            f"{_some(unused)}. If these are the same, correct the ids; else the "
            f'{_PLURALS[kind]} count as missing_label = "{labels.task.missing_label}" '
            "says",
            file=sys.stderr,
        )


def unused(labels: Labels | None, names: Names) -> dict[Unwanted, int]:
    """Rows whose patient or study is not there: a slip, perhaps."""
    if labels is None or labels.key not in _KINDS:
        return {}
    _, rows = _alone(labels, names)
    kind = _KINDS[labels.key]
    reason = Unwanted(why=f"rows of the label file, for no {kind} has their id")
    return {reason: len(rows)} if rows else {}


def tell_unused_masks(path: Path, masks: Masks, names: Names) -> None:
    """Says on the screen which rows of masks.csv fit no image: a slip, perhaps."""
    kind = _KINDS[masks.key]
    ids = names.linkage.source_ids(kind)
    there = {table_file.composed(name).strip() for name in ids}
    if unused := sorted(masks.paths.keys() - there):
        print(
            f"note: {len(unused)} rows of {path} fit no {kind}: {_some(unused)}",
            file=sys.stderr,
        )


def _alone(labels: Labels, names: Names) -> tuple[list[str], list[str]]:
    """Ids of the images without a row, and of rows without an image."""
    ids = names.linkage.source_ids(_KINDS[labels.key])
    there = {table_file.composed(name).strip() for name in ids}
    return sorted(there - labels.rows.keys()), sorted(labels.rows.keys() - there)


def _in_words(path: Path, labels: Labels, pairs: list[tuple[str, str]]) -> str:
    named = [
        f"{row} (line {labels.lines[row]}) where the images say {name}"
        for name, row in pairs[:SHOWN]
    ]
    rest = f", and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
    return (
        f"{path} seems to have {len(pairs)} ids in {labels.key} that are not as the "
        f"images have them: {'; '.join(named)}{rest}. A spreadsheet program takes "
        "leading zeros away and all digits behind the 15th, and makes dates of ids "
        f"like 3-12. {table_file.AS_TEXT}. Rows of somebody else take out of the file"
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
