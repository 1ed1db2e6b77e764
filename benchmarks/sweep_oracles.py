"""What each tuner's oracle finds in a grid trained before, and at what cost."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import keras_tuner
import numpy as np
from sweep_grid import OBJECTIVE, Grid

from tuning.oracles import choice, durable
from tuning.space import hyperparameters

TUNERS = ("random", "bayesian", "hyperband", "optuna")
_ROUND_EPOCHS = "tuner/epochs"  # of Hyperband
_MANY = 10**6


@dataclass(frozen=True, kw_only=True)
class Found:
    """The best trial so far, once a trial has ended.

    Args:
        cost: of the trials so far, in trainings of all epochs on all folds.
        objective: of the best of them, with the epochs that it had: what the sweep
            reports, and its best.toml repeats.
    """

    cost: float
    objective: float


def searched(grid: Grid, tuner: str, *, seed: int, cost: float) -> list[Found]:
    """A sweep over the grid until its trials have cost so much, or none are left."""
    with tempfile.TemporaryDirectory() as folder:
        oracle = choice.oracle(
            tuner,
            hyperparameters.declared(grid.space),
            keras_tuner.Objective(OBJECTIVE, "max"),
            directory=Path(folder),
            seed=seed,
            epochs=grid.epochs,
            most_trials=_MANY,
        )
        oracle = durable.opened(oracle, Path(folder), choice.PROJECT)
        return _searched(grid, oracle, cost)


def _searched(grid: Grid, oracle: durable.DurableOracle, most: float) -> list[Found]:
    spent, best, found = 0, -np.inf, []
    while (trial := oracle.create_trial("tuner0")).status == "RUNNING":
        values = trial.hyperparameters.values
        epochs = values.get(_ROUND_EPOCHS, grid.epochs)
        spent += epochs
        if spent > most * grid.epochs:
            break
        tried = grid.of_suggestion(values)
        figure = tried.objective_after(epochs)
        best = max(best, figure)
        found.append(Found(cost=spent / grid.epochs, objective=best))
        oracle.update_trial(trial.trial_id, {OBJECTIVE: figure})
        trial.status = "COMPLETED"
        oracle.end_trial(trial)
    return found


def at(found: list[Found], cost: float) -> float:
    """The best objective when so much was spent; NaN before the first trial ended."""
    ended = [each.objective for each in found if each.cost <= cost]
    return ended[-1] if ended else np.nan


def table(grid: Grid, *, seeds: int, costs: list[float]) -> str:
    """Mean over seeds of the best so far, and of its lead over random search."""
    found = {
        tuner: np.array(
            [
                [at(sweep, cost) for cost in costs]
                for seed in range(seeds)
                for sweep in [searched(grid, tuner, seed=seed, cost=costs[-1])]
            ]
        )
        for tuner in TUNERS
    }
    head = "| cost | " + " | ".join(TUNERS)
    leads = " | ".join(f"{tuner} - random" for tuner in TUNERS[1:])
    width = 2 * len(TUNERS)
    lines = [f"{head} | {leads} |", "|---" * width + "|"]
    for number, cost in enumerate(costs):
        column = {tuner: of_seeds[:, number] for tuner, of_seeds in found.items()}
        means = [_mean(column[tuner]) for tuner in TUNERS]
        leads = [_lead(column[tuner], column["random"]) for tuner in TUNERS[1:]]
        lines.append(f"| {cost:g} | " + " | ".join([*means, *leads]) + " |")
    return "\n".join(lines)


def _mean(figures: np.ndarray) -> str:
    """Of all seeds; none where a seed has no trial yet."""
    return "-" if np.isnan(figures).any() else f"{figures.mean():.4f}"


def _lead(mine: np.ndarray, other: np.ndarray) -> str:
    """Mean lead, seed by seed, ± its standard error; "-" where a seed has no trial."""
    if np.isnan([mine, other]).any():
        return "-"
    leads = mine - other
    error = leads.std(ddof=1) / np.sqrt(len(leads))
    return f"{leads.mean():+.4f} ± {error:.4f}"
