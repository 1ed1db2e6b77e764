"""The confusion matrix with a column for what is unknown."""

from pathlib import Path

import numpy as np

from zoo.evaluation.figures import classification_plots
from zoo.evaluation.results.unknown_classes import rows_of_confusion

UNKNOWN = "unknown"


def draw(path: Path, evidence: dict, *, heading: str) -> None:
    """Draws it; classes held out of training are rows below the known ones.

    Args:
        evidence: on the main target, with the `confusion` of a reject rule.
    """
    classes = evidence["classes"]
    below = rows_of_confusion(evidence)
    counts = [*evidence["rejection"]["confusion"], *(row for _, row in below)]
    column = UNKNOWN if UNKNOWN not in classes else f"{UNKNOWN} (rejected)"
    classification_plots.confusion(
        path,
        np.array(counts),
        [*classes, *(name for name, _ in below)],
        columns=[*classes, column],
        heading=heading,
        answered=True,
    )
