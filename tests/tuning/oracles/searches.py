"""A declared space and a figure for its values, to search without training."""

import math
from types import SimpleNamespace

import keras_tuner

from tuning.oracles import choice, durable

OBJECTIVE = keras_tuner.Objective("val_auc", "max")


def space():
    """Six combinations and a rate."""
    declared = keras_tuner.HyperParameters()
    declared.Choice("kind", ["a", "b"])
    with declared.conditional_scope("kind", ["b"]):
        declared.Int("size", 1, 3)
    declared.Float("rate", 1e-4, 1e-2, sampling="log")
    return declared


def grid():
    """Four combinations: a, b of size 1, 2, 3."""
    declared = keras_tuner.HyperParameters()
    declared.Choice("kind", ["a", "b"])
    with declared.conditional_scope("kind", ["b"]):
        declared.Int("size", 1, 3)
    return declared


def figure(values):
    """Best at b, size 2, rate 1e-3."""
    off = abs(math.log10(values.get("rate", 1e-3)) + 3) / 4
    return 0.9 - off - 0.1 * abs(values.get("size", 4) - 2)


def oracle(name, directory, *, most_trials=None, declared=space, seed=3, **more):
    """One that keeps its files in a directory, gone on with where they are there."""
    made = choice.oracle(
        name,
        declared(),
        OBJECTIVE,
        directory=directory,
        seed=seed,
        epochs=9,
        most_trials=most_trials,
        **more,
    )
    return durable.opened(made, directory, choice.PROJECT)


def begin(made, tuner_id="tuner0"):
    """The next trial."""
    return made.create_trial(tuner_id)


def end(made, trial, failed=False):
    """Reports the figure of a trial's values, or that it failed."""
    if failed:
        trial.status = "FAILED"
    else:
        made.update_trial(
            trial.trial_id, {OBJECTIVE.name: figure(trial.hyperparameters.values)}
        )
        trial.status = "COMPLETED"
    made.end_trial(trial)


def tried(made):
    """Values of all trials and what came of them, by number."""
    return [
        SimpleNamespace(
            trial_id=trial.trial_id,
            values=trial.hyperparameters.values,
            score=trial.score,
            status=trial.status,
        )
        for trial in made.trials.values()
    ]


def run(made):
    """Searches to the end; the trials."""
    while (trial := begin(made)).status == "RUNNING":
        end(made, trial)
    return tried(made)
