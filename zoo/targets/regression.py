"""Numbers, learned in deviations from their mean in the training split."""

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets import (
    encodings,
    output_activations,
    output_layers,
    slice_votes,
    split_knowledge,
    value_weights,
)
from zoo.targets.kind import Outputs, Statistics, TargetKind


def _size(target: Target) -> int:
    return len(target.columns)


def _last_numbers(outputs: Outputs, column_statistics: Statistics) -> np.ndarray:
    means = [column.mean for column in column_statistics]
    deviations = [column.deviation for column in column_statistics]
    return (np.asarray(outputs["predictions"], np.float64) - means) / deviations


REGRESSION = TargetKind(
    name="regression",
    outputs={"pred": "predictions"},
    shown="pred",
    digits=".4g",
    size=_size,
    output_layer=output_layers.dense,
    vote=slice_votes.value,
    activation=output_activations.in_units,
    last_numbers=_last_numbers,
    encode=encodings.standardised,
    sample_weight=encodings.weight_of_numbers,
    value_weights=value_weights.of_numbers,
    standardised=True,
    columns_alike=True,
    check_splits=split_knowledge.of_numbers,
    settings=frozenset(("regression_loss",)),
    monitors=("val_loss", "epoch"),
)
