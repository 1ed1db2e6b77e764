"""What the rows of a label table say of a target, as its split counts it."""

import math
from collections import Counter
from collections.abc import Mapping

from pipelines.drafting.column_kinds import is_known, number_in
from pipelines.tasks.target import Target


def classes_of(target: Target, rows: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The class by which the split is balanced, of every row that has a label.

    Of several labels it is the rarest, as the split takes it; "" where a row has none,
    or the target is a number.

    Args:
        rows: by id: the cells by title.
    """
    cells = {
        name: [row[column] for column in target.columns] for name, row in rows.items()
    }
    known = {name: row for name, row in cells.items() if any(map(is_known, row))}
    if target.is_single_label:
        return {name: row[0] for name, row in known.items()}
    if not target.has_classes:
        numbers = {name: map(number_in, row) for name, row in known.items()}
        return {
            name: "" for name, row in numbers.items() if any(map(math.isfinite, row))
        }
    positive = {
        name: [label for label, cell in zip(target.classes, row) if cell == "1"]
        for name, row in known.items()
    }
    often = Counter(label for labels in positive.values() for label in labels)
    return {
        name: min(labels, key=lambda label: (often[label], label), default="")
        for name, labels in positive.items()
    }


def counts(target: Target, rows: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """How many rows have each class or label; nothing of numbers."""
    if target.is_single_label:
        cells = Counter(row[target.columns[0]] for row in rows.values())
        return {name: cells[name] for name in target.classes}
    if not target.has_classes:
        return {}
    return {
        name: sum(row[column] == "1" for row in rows.values())
        for name, column in zip(target.classes, target.columns)
    }
