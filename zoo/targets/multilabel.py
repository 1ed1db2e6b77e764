"""Labels that a sample has or has not, each of its own."""

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets import (
    encodings,
    output_activations,
    output_layers,
    slice_votes,
    split_knowledge,
    training_accuracy,
    value_weights,
)
from zoo.targets.kind import Outputs, Statistics, TargetKind


def logit(shares: np.ndarray) -> np.ndarray:
    """`log(p / (1 - p))`, finite."""
    tiny = np.finfo(np.float64).tiny
    return np.log(np.maximum(shares, tiny)) - np.log(np.maximum(1 - shares, tiny))


def average_logits(outputs: Outputs) -> Outputs:
    """Those of the mean probability, whose sigmoid gives it back."""
    return {**outputs, "logit": logit(outputs["prob"])}


def _size(target: Target) -> int:
    return len(target.columns)


def _last_numbers(outputs: Outputs, _: Statistics) -> np.ndarray:
    return np.asarray(outputs["logits"], np.float64)


MULTILABEL = TargetKind(
    name="multilabel",
    binary=True,
    outputs={"prob": "probabilities", "logit": "logits"},
    average_logits=average_logits,
    size=_size,
    output_layer=output_layers.dense,
    vote=slice_votes.vote_each,
    activation=output_activations.sigmoid,
    last_numbers=_last_numbers,
    encode=encodings.as_they_are,
    sample_weight=encodings.weight_of_labels,
    value_weights=value_weights.of_labels,
    check_splits=split_knowledge.of_labels,
    settings=frozenset(("label_smoothing", "focal_gamma", "class_weights")),
    weighted_accuracy=(training_accuracy.of_labels,),
)
