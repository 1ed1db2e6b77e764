"""The last stage in a graph, held to that in NumPy on what a run's networks say."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from pipelines.errors import DataError
from zoo.evaluation.last_stage.stage import PROBABILITIES, LastStage, Outputs
from zoo.prediction import graph_stage, predictor
from zoo.prediction.staged_answer import (
    IS_UNKNOWN,
    PREDICTION_SET,
    SCORE,
    UNCALIBRATED,
)
from zoo.serving.exporting import near_thresholds
from zoo.serving.exporting.difference import Answers

_TOLERANCE = 1e-6  # of float32, absolute and relative; computed in float64
_EQUAL = 1e-9  # float64 numbers that a rounding may change about


def check(
    answers: Answers, stages: Sequence[LastStage], each: Sequence[Outputs]
) -> None:
    """Compares what both make of the same outputs.

    So that nothing which the gate can't compare, since a rounding of a network's
    outputs changes it, is left to belief.

    Args:
        answers: by NumPy, by name, `[N, ...]`.
        stages: of the networks.
        each: the outputs of every network by name, `[N, ...]`.

    Raises:
        DataError: they differ.
    """
    tensors = graph_stage.staged(
        {PROBABILITIES: tf.constant(answers[UNCALIBRATED])},
        [{name: tf.constant(v) for name, v in outputs.items()} for outputs in each],
        stages,
        [1.0] * len(stages),
    )
    found = {name: predictor.as_numpy(values) for name, values in tensors.items()}
    held = near_thresholds.without(answers, stages, each, _EQUAL)
    wrong = [
        name
        for name in (PROBABILITIES, SCORE)
        if not np.allclose(found[name], answers[name], _TOLERANCE, _TOLERANCE)
    ]
    wrong += [
        name
        for name in ("label", IS_UNKNOWN, PREDICTION_SET)
        if name in held
        and ((found[name] != held[name]) & np.not_equal(held[name], None)).any()
    ]
    if wrong:
        raise DataError(
            "the last stage is another in TensorFlow than in NumPy: its "
            f"{', '.join(wrong)} differ. Say so to whoever maintains the software; "
            "--without-stage exports the network alone"
        )
