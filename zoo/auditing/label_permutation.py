"""Whether fixed predictions go with the truth better than with exchanged truths."""

import dataclasses

import numpy as np

from pipelines.characteristics.table_text import p_text
from zoo.auditing.finding import Finding
from zoo.evaluation.metrics.by_kind import METRICS
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.metric_text import title

# Figures that are tested, of which more is better; of numbers each column's.
_TESTED: dict[str, tuple[str, ...]] = {
    "classification": ("auc", "accuracy"),
    "ordinal": ("quadratic_kappa", "accuracy"),
    "multilabel": ("auc", "accuracy"),
    "regression": ("pearson", "ccc"),
}


def label_permutation(
    predictions: Predictions, *, permutations: int, seed: int
) -> Finding:
    """Exchanges the truths between patients; the predictions stay as they are.

    One-sided: p = (as good + 1) / (permutations + 1). It says whether the predictions
    go with the truth at all. A leak or a shortcut gives a small p too: it is no proof
    of either. So it informs, and is no finding.

    Args:
        predictions: by patient.
    """
    generator = np.random.default_rng(seed)
    observed = _figures(predictions, predictions.truth)
    as_good = dict.fromkeys(observed, 0)
    for _ in range(permutations):
        truth = predictions.truth[generator.permutation(len(predictions))]
        for name, value in _figures(predictions, truth).items():
            as_good[name] += not value < observed[name]  # NaN counts as good
    facts = {
        name: {"value": value, "p": (as_good[name] + 1) / (permutations + 1)}
        for name, value in observed.items()
    }
    words = [
        f"{title(name)} {fact['value']:.3f}, p {p_text(fact['p'])}"
        for name, fact in facts.items()
    ]
    lines = (
        f"{'; '.join(words) or 'no figure is defined'} ({len(predictions)} patients, "
        f"{permutations} permutations)",
        "a small p says that predictions go with the truth, by whatever way: it is no "
        "proof against a leak or a shortcut",
    )
    return Finding(
        check="label_permutation",
        found=None,
        lines=lines,
        facts={"permutations": permutations, "figures": facts},
    )


def _figures(predictions: Predictions, truth: np.ndarray) -> dict[str, float]:
    """Those that are defined."""
    changed = dataclasses.replace(predictions, truth=truth)
    kind = predictions.kind.name
    measures = METRICS[kind](changed.truth, changed.outputs, changed.names)
    return {
        name: measure.value
        for name, measure in measures.items()
        if name.rpartition(": ")[2] in _TESTED[kind] and not measure.reason
    }
