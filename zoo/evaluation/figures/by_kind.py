"""The figures of every kind of target, by its name."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from zoo.evaluation.figures import classification, multilabel, regression
from zoo.evaluation.predictions.predictions import Predictions

Draw = Callable[
    [Path, Mapping[str, Predictions], dict, Sequence[Predictions]], dict[str, str]
]

# From the folder for the PNG files, which exists; the predictions by split at the level
# that `shown_level` names; what metrics.json says of them; and, of pooled folds, the
# parts of the split at that level. To file name -> "" or why it was not drawn.
FIGURES: dict[str, Draw] = {
    "classification": classification.draw,
    "ordinal": classification.draw,
    "multilabel": multilabel.draw,
    "regression": regression.draw,
}
