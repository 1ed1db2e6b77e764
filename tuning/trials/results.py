"""What a sweep has found so far, read from its directory alone."""

from collections.abc import Iterable
from pathlib import Path

from pipelines.errors import DataError
from pipelines.tasks.target import Target
from tuning.trials import trial as trial_files
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import Predictions

PREDICTIONS = "predictions.csv"
HISTORY = "history.csv"


def trials(sweep: Sweep) -> list[Trial]:
    """All trials that were begun, by their number.

    Raises:
        DataError: a trial.json that does not read.
    """
    if not sweep.trials_path.is_dir():
        return []
    folders = sorted(path for path in sweep.trials_path.iterdir() if path.is_dir())
    read = (trial_files.read(folder) for folder in folders)
    return [trial for trial in read if trial is not None]


def best(sweep: Sweep, among: Iterable[Trial]) -> Trial | None:
    """The completed trial with the best objective, of equal ones the first."""
    return _first_best(sweep, [t for t in among if t.state == "completed"])


def _first_best(sweep: Sweep, completed: list[Trial]) -> Trial | None:
    """By objective, then by number."""
    sign = 1 if sweep.settings.direction == "min" else -1
    return min(
        completed,
        key=lambda trial: (sign * trial.objective, trial.trial_id),
        default=None,
    )


def saved_folds(sweep: Sweep, among: Iterable[Trial]) -> int:
    """How many folds abandoned trials were spared."""
    planned = len(sweep.settings.folds)
    return sum(planned - len(t.folds) for t in among if t.state == "abandoned")


def is_better(sweep: Sweep, mine: float, other: float) -> bool:
    """Whether one objective is better than another."""
    return mine > other if sweep.settings.direction == "max" else mine < other


def predictions_path(sweep: Sweep, trial_id: str, fold: str) -> Path:
    """What a fold's network says of its validation patients."""
    return sweep.fold_path(trial_id, fold) / PREDICTIONS


def predictions(
    sweep: Sweep, trial: Trial, target: Target | None = None
) -> list[Predictions]:
    """Of a trial's finished folds, in the sweep's order.

    Args:
        target: of the task; none = as the files' headers tell it.

    Raises:
        DataError: a file that is missing or does not read.
    """
    return [
        predictions_file.read(
            predictions_path(sweep, trial.trial_id, result.fold), target
        )
        for result in trial.folds
        if result.is_finished
    ]


def history_path(sweep: Sweep, trial_id: str, fold: str) -> Path:
    """A fold's learning curve.

    Raises:
        DataError: the fold has none.
    """
    path = sweep.fold_path(trial_id, fold) / HISTORY
    if not path.is_file():
        raise DataError(f"{path} is missing: the fold was not trained to an end")
    return path
