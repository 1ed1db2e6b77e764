"""What metrics.json says of the single folds of a cross-validation."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.metrics.by_kind import METRICS
from zoo.evaluation.predictions.by_patient import Levels


def table(names: Sequence[str], folds: Sequence[Levels], level: str) -> dict:
    """Each fold's metrics at a level, and their mean and standard deviation."""
    rows, metrics = [], []
    for name, fold in zip(names, folds):
        predictions = fold.at(level)
        measures = METRICS[predictions.kind.name](
            predictions.truth, predictions.outputs, predictions.names
        )
        values = {
            metric: None if measure.reason else measure.value
            for metric, measure in measures.items()
        }
        metrics = [*values]
        rows.append({"fold": name, "samples": len(predictions), **values})
    summary = {}
    for metric in metrics:
        values = [row[metric] for row in rows if row[metric] is not None]
        summary[metric] = {
            "mean": float(np.mean(values)) if values else None,
            "sd": float(np.std(values, ddof=1)) if len(values) > 1 else None,
            "folds": len(values),
        }
    return {"level": level, "rows": rows, "summary": summary}
