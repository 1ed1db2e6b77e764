"""What a rounding decides of answers with a last stage, found by trying roundings.

A label, "unknown" or a class's place in a set is so where a sample lies at a threshold,
or where classes are all but equal. A number is so where the stage makes more of a
rounding than is allowed: in the steep part of an isotonic line, or of a distance in
features, whose directions of little variance count most.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from zoo.evaluation.last_stage import stage
from zoo.evaluation.last_stage.stage import PROBABILITIES, LastStage, Outputs
from zoo.prediction.staged_answer import IS_UNKNOWN, PREDICTION_SET, SCORE
from zoo.serving.exporting.difference import Answers

_DRAWS = 64


def without(
    answers: Answers,
    stages: Sequence[LastStage],
    each: Sequence[Outputs],
    tolerance: float,
) -> dict[str, np.ndarray]:
    """The answers with None in the place of each that may as well be another.

    Every output of a network is moved up or down by chance, 64 times and the same ones
    in every call: a probability by its `2 * tolerance`, other numbers by `tolerance`
    times the largest of the sample, or 1. So are the thresholds, and the calibrated
    probabilities by what the gate allows them, `tolerance * (1 + p)`.

    Args:
        answers: by name, `[N, ...]`.
        stages: of the networks.
        each: the outputs of every network by name, `[N, ...]`.
        tolerance: of numbers, absolute and relative.
    """
    drawn = np.random.default_rng(0)
    names = np.array(stages[0].classes)
    held = dict(answers)
    numbers = {name: np.asarray(answers[name]) for name in (PROBABILITIES, SCORE)}
    moved = {name: np.zeros(values.shape) for name, values in numbers.items()}
    decided = ("label", IS_UNKNOWN, PREDICTION_SET)
    near = {
        name: np.zeros(np.shape(answers[name]), bool)
        for name in decided
        if name in answers
    }
    for _ in range(_DRAWS):
        other = stage.answer(
            [_stage_moved(one, tolerance, drawn) for one in stages],
            [_moved(outputs, tolerance, drawn) for outputs in each],
            [1.0] * len(stages),
        )
        shares = other.probabilities
        shares = shares + tolerance * (1 + shares) * _signs(shares.shape, drawn)
        label = names[stage.decide(shares, stages[0].event, other.threshold)]
        near["label"] |= label != answers["label"]
        near[IS_UNKNOWN] |= other.is_unknown != answers[IS_UNKNOWN]
        if other.sets is not None:
            near[PREDICTION_SET] |= other.sets != answers[PREDICTION_SET]
        for name, values in (
            (PROBABILITIES, other.probabilities),
            (SCORE, other.score),
        ):
            moved[name] = np.maximum(moved[name], np.abs(values - numbers[name]))
    for name, values in numbers.items():
        near[name] = moved[name] > tolerance * (1 + np.abs(values))
    for name, places in near.items():
        if places.any():
            values = np.asarray(answers[name]).astype(object)
            values[places] = None
            held[name] = values
    return held


def _stage_moved(
    given: LastStage, tolerance: float, drawn: np.random.Generator
) -> LastStage:
    """With thresholds to reject by and of sets that are a little others."""
    if given.sets is not None:
        lowest = np.array(given.sets.lowest)
        lowest += tolerance * (1 + lowest) * _signs(lowest.shape, drawn) * (lowest > 0)
        moved = tuple(np.clip(lowest, 0, 1).tolist())
        given = dataclasses.replace(
            given, sets=dataclasses.replace(given.sets, lowest=moved)
        )
    if given.reject is None:
        return given
    threshold = given.reject.threshold
    if np.isfinite(threshold):
        threshold += tolerance * (1 + abs(threshold)) * _signs((), drawn)
    reject = dataclasses.replace(given.reject, threshold=float(threshold))
    return dataclasses.replace(given, reject=reject)


def _moved(
    outputs: Outputs, tolerance: float, drawn: np.random.Generator
) -> dict[str, np.ndarray]:
    moved = {}
    for name, values in outputs.items():
        values = np.asarray(values, np.float64)
        signs = _signs(values.shape, drawn)
        if name == PROBABILITIES:
            moved[name] = values * (1 + 2 * tolerance * signs)
            continue
        largest = np.abs(values).max(axis=-1, keepdims=True, initial=1.0)
        moved[name] = values + tolerance * largest * signs
    return moved


def _signs(shape: tuple[int, ...], drawn: np.random.Generator) -> np.ndarray:
    return drawn.choice([-1.0, 1.0], shape)
