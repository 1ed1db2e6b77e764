"""The learning curves of the best trials, from their folds' histories."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import DataError
from tuning.trials import results
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from zoo.runs import history

MOST = 40  # trials; more would hide each other


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One trial's mean over its folds, by epoch; `epochs` is counted from 1."""

    trial_id: str
    values: tuple[float, ...]

    @property
    def epochs(self) -> range:
        """Of the values."""
        return range(1, len(self.values) + 1)


def shown_column(sweep: Sweep) -> str:
    """The column of history.csv that stands for the objective."""
    objective = sweep.settings.objective
    known = {"val_loss", "val_accuracy", "val_auc", "val_mae", "val_r2"}
    return objective if objective in known else "val_loss"


def curves(sweep: Sweep, trials: Sequence[Trial]) -> tuple[Curve, ...]:
    """Of the best completed and abandoned trials, the best first.

    An epoch that only some folds reached is the mean of those.
    """
    sign = -1 if sweep.settings.direction == "max" else 1
    judged = [trial for trial in trials if trial.objective is not None]
    judged.sort(
        key=lambda t: (t.state != "completed", sign * t.objective, t.trial_id),
    )
    read = (_curve(sweep, trial) for trial in judged[:MOST])
    return tuple(curve for curve in read if curve.values)


def _curve(sweep: Sweep, trial: Trial) -> Curve:
    column = shown_column(sweep)
    folds = []
    for result in trial.folds:
        try:
            rows = history.read(
                results.history_path(sweep, trial.trial_id, result.fold)
            )
        except DataError:  # a report of what is there
            continue
        folds.append([getattr(row, column) for row in rows])
    means = []
    for epoch in range(max(map(len, folds), default=0)):
        reached = [
            fold[epoch]
            for fold in folds
            if len(fold) > epoch
            and fold[epoch] is not None
            and math.isfinite(fold[epoch])
        ]
        if not reached:
            break
        means.append(sum(reached) / len(reached))
    return Curve(trial_id=trial.trial_id, values=tuple(means))
