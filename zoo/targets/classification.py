"""One of several classes that exclude each other, in no order."""

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


def average_logits(outputs: Outputs) -> Outputs:
    """The logits are the logarithm of the mean, so their softmax gives it back."""
    tiny = np.finfo(np.float64).tiny
    return {**outputs, "logit": np.log(np.maximum(outputs["prob"], tiny))}


def _size(target: Target) -> int:
    return len(target.classes)


def _last_numbers(outputs: Outputs, _: Statistics) -> np.ndarray:
    return np.asarray(outputs["logits"], np.float64)


CLASSIFICATION = TargetKind(
    name="classification",
    single_label=True,
    outputs={"prob": "probabilities", "logit": "logits"},
    average_logits=average_logits,
    size=_size,
    output_layer=output_layers.dense,
    vote=slice_votes.vote,
    activation=output_activations.softmax,
    last_numbers=_last_numbers,
    encode=encodings.one_hot,
    sample_weight=encodings.weight_of_class,
    value_weights=value_weights.of_classes,
    check_splits=split_knowledge.of_classes,
    settings=frozenset(
        ("label_smoothing", "focal_gamma", "class_weights", "balance", "mixmatch")
    ),
    accuracy=(training_accuracy.of_classes,),
)
