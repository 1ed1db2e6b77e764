"""Which oracle a sweep asks."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import keras_tuner

from tuning.oracles import kerastuner_oracles
from tuning.oracles.durable import DurableOracle, never

PROJECT = "oracle"  # KerasTuner's project directory below the sweep's
_MANY = 10**6  # iterations of Hyperband: as many as trials are left for
_KERASTUNER = {
    "random": kerastuner_oracles.RandomOracle,
    "bayesian": kerastuner_oracles.BayesianOracle,
    "grid": kerastuner_oracles.GridOracle,
}


def oracle(
    name: str,
    hyperparameters: keras_tuner.HyperParameters,
    objective: keras_tuner.Objective,
    *,
    directory: Path,
    seed: int,
    epochs: int,
    most_trials: int | None,
    stops: Callable[[], bool] = never,
) -> DurableOracle:
    """An oracle that suggests values of a declared space.

    Args:
        name: `"random"`, `"bayesian"`, `"hyperband"`, `"grid"` or `"optuna"`.
        directory: of the sweep, where Optuna's journal lies.
        seed: any; neighbouring ones give independent suggestions.
        epochs: of the recipe, those of Hyperband's last round.
        most_trials: that may begin in all; none = all of a grid, or one iteration of
            Hyperband.
        stops: asked before each trial whether no more may begin.

    Raises:
        UsageError: Optuna is asked for and not installed.
    """
    given = {
        "objective": objective,
        "hyperparameters": hyperparameters,
        "tune_new_entries": False,
        "allow_new_entries": False,
        "seed": spread_seed(seed),
    }
    if name == "optuna":
        from tuning.oracles import optuna_oracle

        path = directory / PROJECT / optuna_oracle.JOURNAL
        made = optuna_oracle.OptunaOracle(journal=path, **given)
    elif name == "hyperband":
        made = kerastuner_oracles.HyperbandOracle(max_epochs=epochs, **given)
        made.hyperband_iterations = 1 if most_trials is None else _MANY
    else:
        made = _KERASTUNER[name](**given)
    made.most_trials = most_trials
    made.stops = stops
    return made


def spread_seed(seed: int) -> int:
    """A seed for KerasTuner, from 1 to 2^31.

    KerasTuner takes 0 for none, and draws value after value from the seeds that follow:
    the sweeps of seed 0 and 1 would suggest nearly the same.
    """
    digest = hashlib.sha256(f"sweep {seed}".encode()).digest()
    return int.from_bytes(digest[:4], "big") // 2 + 1
