"""The recipe of the best trial so far, as a file that `zoo.train --recipe` runs."""

import json
import threading

from pipelines.storage import atomic_files
from tuning.trials import results
from tuning.trials import trial as trials
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial

_WRITING = threading.Lock()


def refresh(sweep: Sweep) -> Trial | None:
    """Writes best.toml where the best trial is another; that trial."""
    with _WRITING:
        best = results.best(sweep, results.trials(sweep))
        if best is None:
            return None
        recipe = sweep.trial_path(best.trial_id) / trials.RECIPE
        text = _heading(sweep, best) + recipe.read_text(encoding="utf-8")
        there = sweep.best_path
        if not there.is_file() or there.read_text(encoding="utf-8") != text:
            atomic_files.write_text(there, text)
        return best


def figure(sweep: Sweep, trial: Trial) -> str:
    """The objective in words: `val_auc 0.8123 (mean of 5 folds, sd 0.0312)`."""
    settings = sweep.settings
    text = f"{settings.objective} {trial.objective:.4f}"
    if settings.folds == ("",):
        return text
    how = {"mean": "mean of", "pooled": "pooled over"}[settings.aggregate]
    spread = "" if trial.spread is None else f", sd {trial.spread:.4f}"
    folds = f"{len(trial.folds)} folds"
    if settings.repeats > 1:
        folds = f"{settings.folds_each} folds, dealt {settings.repeats} times"
    return f"{text} ({how} {folds}{spread})"


def again(sweep: Sweep) -> str:
    """The command that trains the same folds again, beside best.toml."""
    command, settings = "python -m zoo.train --recipe best.toml", sweep.settings
    if sweep.data_path.is_dir():
        repeated = settings.repeats > 1
        more = f" --repeats {settings.repeats}" if repeated else ""
        return f"{command} --data data --folds all{more}"
    if settings.folds == ("",):
        return f"{command} --data DATASET --leave-test"
    return f"{command} --data DATASET --fold {settings.folds[0]} --leave-test"


def _heading(sweep: Sweep, trial: Trial) -> str:
    values = [f"#   {name} = {json.dumps(trial.values[name])}" for name in trial.values]
    lines = [
        f"# Trial {trial.trial_id} of a sweep: {figure(sweep, trial)}.",
        *(["# What it tried:", *values] if values else []),
        "# The figure is that of the best of several trials: see the report for how",
        "# much of it is luck. The same again, in the sweep's directory:",
        f"#   {again(sweep)}{' --deterministic' * sweep.settings.deterministic}",
    ]
    return "\n".join(lines) + "\n\n"
