"""The evidence on grades as text for the terminal."""

from zoo.evidence import class_text, grade_judgement, metrics, tables

OVERALL = (*grade_judgement.OVERALL, *metrics.OVERALL)


def overall(splits: dict, level: str) -> str:
    """The metrics of all grades together, by split."""
    return tables.over_splits(splits, level, OVERALL)


def missing(found: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    own = [name for name in grade_judgement.OVERALL if found[name]["value"] is None]
    notes = [f": no {tables.title(name)}, {found[name]['reason']}" for name in own]
    return notes + class_text.missing(found)
