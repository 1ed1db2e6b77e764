"""The metrics of every kind of target, by its name."""

from collections.abc import Callable, Mapping

import numpy as np

from zoo.evaluation.metrics import classification, multilabel, ordinal, regression
from zoo.evaluation.metrics.measure import Measure

Outputs = Mapping[str, np.ndarray]

# From the truth `[N, T]` (a class index, or one number per name, NaN = not known), the
# outputs `[N, M]` by their word in a predictions file, and the M names, to the metrics
# of all classes, labels or columns by name.
METRICS: dict[
    str, Callable[[np.ndarray, Outputs, tuple[str, ...]], dict[str, Measure]]
] = {
    "classification": classification.overall_measures,
    "ordinal": ordinal.overall_measures,
    "multilabel": multilabel.overall_measures,
    "regression": regression.overall_measures,
}

# From the truth `[N, T]` of the validation split and the outputs `[N, M]` by the name
# of the model's output ("logits", "probabilities", "predictions"), to the scores of an
# epoch by their name in the history; NaN where undefined.
VALIDATION_SCORES: dict[str, Callable[[np.ndarray, Outputs], dict[str, float]]] = {
    "classification": classification.validation_scores,
    "ordinal": classification.validation_scores,
    "multilabel": multilabel.validation_scores,
    "regression": regression.validation_scores,
}
