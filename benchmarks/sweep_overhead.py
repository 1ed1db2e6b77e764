"""What a sweep adds to the training of its folds, by what takes it."""

from pathlib import Path
from statistics import median

from tuning.trials import fold_result, results
from tuning.trials import sweep as sweeps
from tuning.trials.fold_result import PARTS
from tuning.trials.sweep import Sweep

TRAINING = ("steps", "validation")  # what the epochs themselves do
_BETWEEN = "between folds"


def table(paths: list[Path]) -> str:
    """Medians over the folds of each sweep, seconds."""
    parts = (*PARTS, _BETWEEN)
    lines = [
        f"| sweep | folds | fold | {' | '.join(parts)} | overhead | of the fold |",
        "|---" * (len(parts) + 5) + "|",
    ]
    for path in paths:
        folds = of_sweep(sweeps.opened(path))
        if not folds:
            lines.append(f"| {path.name} | 0 |")
            continue
        whole = median(fold["seconds"] for fold in folds)
        figures = [median(fold[part] for fold in folds) for part in parts]
        overhead = median(fold["overhead"] for fold in folds)
        share = median(fold["overhead"] / fold["seconds"] for fold in folds)
        cells = " | ".join(f"{figure:.2f}" for figure in (whole, *figures, overhead))
        lines.append(f"| {path.name} | {len(folds)} | {cells} | {share:.1%} |")
    return "\n".join(lines)


def of_sweep(sweep: Sweep) -> list[dict[str, float]]:
    """Of each fold: its seconds in the sweep, their parts, and the overhead.

    A fold's seconds in the sweep are those of its worker, and those that passed between
    the end of the fold before and its own beginning, of which the first fold of a trial
    is taken to have none: a sweep may have been interrupted there. The overhead is all
    but what the epochs do, steps of training and validation.
    """
    folds = []
    for trial in results.trials(sweep):
        ended = None
        for result in trial.folds:
            path = sweep.fold_path(trial.trial_id, result.fold) / fold_result.FILE
            end = path.stat().st_mtime
            between = max(end - ended - result.seconds, 0.0) if ended else 0.0
            ended = end
            if result.is_finished:
                parts = {part: result.parts.get(part, 0.0) for part in PARTS}
                seconds = result.seconds + between
                folds.append(
                    {
                        "seconds": seconds,
                        **parts,
                        _BETWEEN: between,
                        "overhead": seconds - sum(parts[part] for part in TRAINING),
                    }
                )
    return folds
