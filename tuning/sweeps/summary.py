"""What a sweep came to, in words and as a table for the terminal."""

from collections.abc import Sequence

from pipelines.terminal import table
from tuning.reporting import live_table
from tuning.reporting.axis import shown
from tuning.trials import best_recipe, results
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial

_SHOWN = 10
_SHOWN_REASONS = 5


def text(sweep: Sweep, width: int | None = None) -> str:
    """The best trials, and what the best one is."""
    trials = results.trials(sweep)
    best = results.best(sweep, trials)
    counts = {state: 0 for state in ("completed", "abandoned", "failed", "too_large")}
    for trial in trials:
        counts[trial.state] = counts.get(trial.state, 0) + 1
    counted = ", ".join(
        f"{number} {state.replace('_', ' ')}"
        for state, number in counts.items()
        if number
    )
    saved = results.saved_folds(sweep, trials)
    lines = [_table(sweep, trials, width), "", f"{len(trials)} trials: {counted}"]
    if saved:
        lines[-1] += f"; {live_table.folds(saved)} saved"
    lines += _reasons(trials)
    waiting = [trial for trial in trials if trial.is_running]
    if waiting:
        verb = "waits" if len(waiting) == 1 else "wait"
        lines.append(f"{len(waiting)} {verb} for a longer --budget")
    if best is None:
        return "\n".join([*lines, "No trial was completed, so there is no best one."])
    return "\n".join(
        [
            *lines,
            f"Best: trial {best.trial_id}, {best_recipe.figure(sweep, best)}",
            *(f"  {name} = {shown(value)}" for name, value in best.values.items()),
            "Its folds again, in the sweep's directory:",
            f"  {best_recipe.again(sweep)}",
        ]
    )


def _reasons(trials: Sequence[Trial]) -> list[str]:
    """Why trials failed: a line for each reason, with the first that had it."""
    first: dict[str, list[str]] = {}
    for trial in trials:
        if trial.has_failed:
            first.setdefault(trial.reason, []).append(trial.trial_id)
    lines = []
    for reason, ids in first.items():
        more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        lines.append(f"  {ids[0]}{more}: {reason}")
    if len(lines) > _SHOWN_REASONS:
        rest = len(lines) - _SHOWN_REASONS
        lines = [*lines[:_SHOWN_REASONS], f"  and {rest} other reasons: see trials/"]
    return lines


def _table(sweep: Sweep, trials: Sequence[Trial], width: int | None) -> str:
    sign = -1 if sweep.settings.direction == "max" else 1
    ranked = sorted(
        trials,
        key=lambda trial: (
            trial.state != "completed",
            0.0 if trial.objective is None else sign * trial.objective,
        ),
    )
    rows = [("trial", sweep.settings.objective, "sd", "folds", "state", "values")]
    for trial in ranked[:_SHOWN]:
        figure = "" if trial.objective is None else f"{trial.objective:.4f}"
        spread = "" if trial.spread is None else f"{trial.spread:.4f}"
        done = f"{len(trial.folds)}/{len(sweep.settings.folds)}"
        row = (
            trial.trial_id,
            figure,
            spread,
            done,
            trial.state.replace("_", " "),
            live_table.values(trial),
        )
        rows.append(row)
    return table.align(rows, right=(1, 2, 3), width=width)
