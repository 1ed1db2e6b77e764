"""One of several classes from the lowest to the highest (grades).

The last layer gives a number for each step from a class to the next: the logit of the
chance to be above it.
"""

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets import (
    classification,
    encodings,
    output_activations,
    output_layers,
    slice_votes,
    split_knowledge,
    training_accuracy,
    value_weights,
)
from zoo.targets.kind import Outputs, Statistics, TargetKind


def _size(target: Target) -> int:
    return len(target.classes) - 1


def _last_numbers(outputs: Outputs, _: Statistics) -> np.ndarray:
    """Of logarithms of the classes' probabilities the logits of the steps."""
    logits = np.asarray(outputs["logits"], np.float64)
    below = np.logaddexp.accumulate(logits, axis=1)[:, :-1]
    above = np.logaddexp.accumulate(logits[:, ::-1], axis=1)[:, ::-1][:, 1:]
    return above - below


ORDINAL = TargetKind(
    name="ordinal",
    single_label=True,
    ordered=True,
    outputs={"prob": "probabilities", "logit": "logits"},
    average_logits=classification.average_logits,
    size=_size,
    output_layer=output_layers.falling_steps,
    vote=slice_votes.vote_each,
    activation=output_activations.shares_of_steps,
    last_numbers=_last_numbers,
    encode=encodings.passed_steps,
    sample_weight=encodings.weight_of_class,
    value_weights=value_weights.of_classes,
    check_splits=split_knowledge.of_classes,
    settings=frozenset(("class_weights", "balance")),
    accuracy=(training_accuracy.of_steps,),
)
