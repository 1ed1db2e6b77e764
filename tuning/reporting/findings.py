"""All that a report says of a sweep, computed once from its directory."""

from dataclasses import dataclass

from pipelines.errors import DataError
from tuning.reporting import axis, importance, learning_curves
from tuning.reporting import luck as lucks
from tuning.reporting import nested as nested_folds
from tuning.reporting.axis import Axis
from tuning.reporting.importance import Importances
from tuning.reporting.learning_curves import Curve
from tuning.reporting.luck import Luck
from tuning.reporting.nested import Nested
from tuning.space import space as spaces
from tuning.trials import results
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A sweep and what follows from it.

    Args:
        axes: of the parameters that a trial has.
        patients, samples: of the validation splits of the best trial together; none
            where no trial was completed.
        nested: of the outer folds; none where there are none.
    """

    sweep: Sweep
    trials: tuple[Trial, ...]
    best: Trial | None
    axes: tuple[Axis, ...]
    luck: Luck
    importances: Importances
    curves: tuple[Curve, ...]
    patients: int | None
    samples: int | None
    nested: Nested | None = None

    @property
    def judged(self) -> tuple[Trial, ...]:
        """Trials with a figure."""
        return tuple(trial for trial in self.trials if trial.objective is not None)

    @property
    def saved_folds(self) -> int:
        """That abandoned trials were spared."""
        return results.saved_folds(self.sweep, self.trials)


def of(sweep: Sweep) -> Findings:
    """Reads the directory of a sweep.

    Raises:
        DataError: a trial's file, or the space, does not read.
    """
    trials = tuple(results.trials(sweep))
    axes = axis.axes(spaces.load(str(sweep.space_path)), trials)
    best = results.best(sweep, trials)
    patients, samples = _counts(sweep, best)
    return Findings(
        sweep=sweep,
        trials=trials,
        best=best,
        axes=axes,
        luck=lucks.luck(sweep, trials),
        importances=importance.importances(axes, trials),
        curves=learning_curves.curves(sweep, trials),
        patients=patients,
        samples=samples,
        nested=nested_folds.nested(sweep),
    )


def _counts(sweep: Sweep, best: Trial | None) -> tuple[int | None, int | None]:
    if best is None:
        return None, None
    try:
        parts = results.predictions(sweep, best)
    except DataError:  # a report of what is there
        return None, None
    people = {patient for part in parts for patient in part.patient_id}
    return len(people), sum(map(len, parts))


def best_so_far(sweep: Sweep, trials: tuple[Trial, ...]) -> list[float | None]:
    """After each trial, the best completed one's objective; none before the first."""
    best, line = None, []
    for trial in trials:
        if trial.state == "completed":
            better = best is None or results.is_better(sweep, trial.objective, best)
            best = trial.objective if better else best
        line.append(best)
    return line
