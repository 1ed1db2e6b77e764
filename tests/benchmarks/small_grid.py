"""A grid of four trials on two folds, as a sweep on disk."""

import dataclasses

from tests.tuning.reporting import made_up

RATES = (0.001, 0.01)
DROPOUTS = (0.0, 0.5)
SPACE = (
    '"optimisation.learning_rate" = { choice = [0.001, 0.01] }\n'
    '"head.dropout" = { choice = [0.0, 0.5] }\n'
)
COMBINATIONS = [
    {"optimisation.learning_rate": rate, "head.dropout": dropout}
    for rate in RATES
    for dropout in DROPOUTS
]
OBJECTIVES = (0.6, 0.7, 0.8, 0.75)


def sweep(path, count=4):
    """With its first trials completed; every fold has 5 epochs and 30 patients."""
    begun = made_up.sweep(path, space=SPACE, tuner="grid", abandonment=None)
    for number in range(count):
        trial = made_up.trial(number, OBJECTIVES[number], COMBINATIONS[number])
        mean = sum(trial.fold_objectives) / len(trial.folds)
        made_up.put(begun, dataclasses.replace(trial, objective=mean))
    return begun
