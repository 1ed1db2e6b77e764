"""Which parameters decide the objective, and how sure that is.

Permutation importance (Breiman, Machine Learning 45, 2001) of a random forest: how much
worse the forest foretells trials that it was not fitted to, once one parameter's values
are dealt among them anew. What it foretells are the trials' ranks, so that one that
diverged does not decide all. Half the squared error that is added is the share of their
variance that the parameter has a part in, alone or with others (Jansen, Computer
Physics Communications 117, 1999); interval and mean are over bootstrap samples of the
trials, each with a forest of its own.

A parameter that holds under a condition is dealt anew among the trials alone that have
it. The others get values drawn from those: so it says nothing of its condition, whose
effect stays with the parameter that decides it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tuning.reporting.axis import Axis, varying
from tuning.trials.trial import Trial

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestRegressor

LEAST_TRIALS = 20
_SAMPLES = 40
_TREES = 30
_DEALS = 4
_PERCENTILES = (5, 95)


@dataclass(frozen=True, kw_only=True)
class Importance:
    """Of one parameter.

    Args:
        share: of the variance of the trials' ranks, mean over the samples; about 0
            where the parameter decides nothing.
        low, high: the 5th and 95th percentile over the samples.
        trials: that have it.
    """

    name: str
    share: float
    low: float
    high: float
    trials: int


@dataclass(frozen=True, kw_only=True)
class Importances:
    """Of all parameters that vary.

    Args:
        each: the largest share first.
        explained: share of the variance that the forests foretell of trials they were
            not fitted to; 0 or less: they know nothing.
        reason: why there are none; "" where there are.
    """

    each: tuple[Importance, ...] = ()
    explained: float = 0.0
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Columns:
    """What a forest sees of a parameter: `[N, W]`, and which trials have it, `[N]`."""

    name: str
    values: np.ndarray
    active: np.ndarray


def importances(
    axes: Sequence[Axis], trials: Sequence[Trial], *, seed: int = 0
) -> Importances:
    """Of trials with a figure; fewer than `LEAST_TRIALS` say nothing."""
    judged = [trial for trial in trials if trial.objective is not None]
    if len(judged) < LEAST_TRIALS:
        return Importances(
            reason=f"Too few trials: {len(judged)} have a figure, and below "
            f"{LEAST_TRIALS} an importance says more of chance than of parameters."
        )
    objective = _ranks([trial.objective for trial in judged])
    columns = [_columns(axis, judged) for axis in varying(axes, judged)]
    if not columns:
        return Importances(reason="No parameter has more than one value.")
    if np.ptp(objective) == 0:
        return Importances(reason="All trials have the same figure.")
    shares, explained = _shares(columns, objective, np.random.default_rng(seed))
    low, high = np.percentile(shares, _PERCENTILES, axis=0)
    each = [
        Importance(
            name=column.name,
            share=float(shares[:, place].mean()),
            low=float(low[place]),
            high=float(high[place]),
            trials=int(column.active.sum()),
        )
        for place, column in enumerate(columns)
    ]
    each.sort(key=lambda one: -one.share)
    return Importances(each=tuple(each), explained=explained)


def _ranks(objectives: Sequence[float]) -> np.ndarray:
    """0 to 1, `[N]`; equal ones have their mean."""
    _, place, count = np.unique(objectives, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count + 1) / 2
    return middle[place] / max(1, len(objectives) - 1)


def _columns(axis: Axis, trials: Sequence[Trial]) -> _Columns:
    """A number as its place on the axis, a choice as a column for each value."""
    width = 1 if axis.scale is not None else len(axis.choices)
    values = np.zeros((len(trials), width))
    active = np.array([axis.name in trial.values for trial in trials])
    for row, trial in enumerate(trials):
        if axis.name not in trial.values:
            continue
        value = trial.values[axis.name]
        if axis.scale is not None:
            values[row, 0] = axis.position(value)
        else:
            values[row, axis.choices.index(value)] = 1.0
    return _Columns(name=axis.name, values=values, active=active)


def _filled(column: _Columns, random: np.random.Generator) -> np.ndarray:
    """Values drawn from the others where the parameter does not hold."""
    values = column.values.copy()
    missing = ~column.active
    values[missing] = random.choice(column.values[column.active], missing.sum())
    return values


def _shares(
    columns: Sequence[_Columns], objective: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, float]:
    """`[samples, parameters]`, and what the forests explain of trials left out."""
    from sklearn.ensemble import RandomForestRegressor  # takes a second to load

    count, variance = len(objective), objective.var()
    shares, explained = [], []
    for sample in range(_SAMPLES):
        drawn = random.integers(count, size=count)
        left = np.setdiff1d(np.arange(count), drawn)
        values = [_filled(column, random) for column in columns]
        forest = RandomForestRegressor(_TREES, random_state=sample)
        forest.fit(np.hstack(values)[drawn], objective[drawn])
        error = _error(forest, [each[left] for each in values], objective[left])
        explained.append(1 - error / variance)
        row = []
        for place, column in enumerate(columns):
            dealt = _dealt_errors(
                forest,
                [each[left] for each in values],
                objective[left],
                place,
                column.active[left],
                random,
            )
            row.append((dealt - error) / (2 * variance))
        shares.append(row)
    return np.array(shares), float(np.mean(explained))


def _error(
    forest: "RandomForestRegressor",
    values: Sequence[np.ndarray],
    objective: np.ndarray,
) -> float:
    return float(np.mean((forest.predict(np.hstack(values)) - objective) ** 2))


def _dealt_errors(
    forest: "RandomForestRegressor",
    values: list[np.ndarray],
    objective: np.ndarray,
    place: int,
    active: np.ndarray,
    random: np.random.Generator,
) -> float:
    """The mean error after a parameter was dealt anew among the trials that have it."""
    rows = np.flatnonzero(active)
    repeated = []
    for _ in range(_DEALS):
        dealt = values[place].copy()
        dealt[rows] = values[place][random.permutation(rows)]
        repeated.append(np.hstack([*values[:place], dealt, *values[place + 1 :]]))
    foretold = forest.predict(np.vstack(repeated))
    return float(np.mean((foretold - np.tile(objective, _DEALS)) ** 2))
