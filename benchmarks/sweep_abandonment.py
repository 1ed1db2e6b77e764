"""What giving trials up spares and costs on a grid that was trained before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sweep_grid import OBJECTIVE, Grid

from tuning.trials.abandonment import Abandonment, has_a_chance
from zoo.evaluation.comparison import objectives

Chance = Callable[[int, int, Sequence[int]], float | None]


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one order of trials and folds came to.

    Args:
        fits: folds that were trained.
        chosen: index of the best completed trial.
    """

    fits: int
    chosen: int


def swept(
    full: Sequence[float],
    trials: Sequence[int],
    folds: Sequence[int],
    chance: Chance,
    p: float,
) -> Swept:
    """A sweep, as `tuning.trials.run_trial` runs one.

    Args:
        full: objective of each trial over all folds.
        trials, folds: their order.
        chance: of a trial against another after some folds; none = not tested.
    """
    best, fits = None, 0
    for trial in trials:
        for done in range(len(folds)):
            if best is not None and done:
                found = chance(trial, best, folds[:done])
                if found is not None and found < p:
                    break
            fits += 1
        else:
            if best is None or full[trial] > full[best]:
                best = trial
    return Swept(fits=fits, chosen=best)


def chances(grid: Grid) -> Chance:
    """The test of `tuning.trials.abandonment`, each made once."""
    objective, rule, known = objectives.named(OBJECTIVE), Abandonment(), {}

    def chance(trial: int, best: int, folds: Sequence[int]) -> float | None:
        key = (trial, best, *sorted(folds))
        if key not in known:
            mine, its = (
                [grid.trials[each].folds[fold].predictions for fold in sorted(folds)]
                for each in (trial, best)
            )
            known[key] = has_a_chance(mine, its, objective, rule).p
        return known[key]

    return chance


def table(grid: Grid, *, seeds: int, levels: Sequence[float]) -> str:
    """Share of the fold fits, and what the choice loses, over orders."""
    full = np.array([trial.objective for trial in grid.trials])
    folds = len(grid.trials[0].folds)
    chance = chances(grid)
    lines = [
        "| p | fold fits | mean loss | 95 % of the seeds | best trial found |",
        "|---" * 5 + "|",
    ]
    for p in levels:
        ends = []
        for seed in range(seeds):
            draw = np.random.default_rng(seed)
            order = draw.permutation(len(full)), draw.permutation(folds)
            ends.append(swept(full, *order, chance, p))
        fits = np.mean([end.fits for end in ends]) / (len(full) * folds)
        losses = full.max() - full[[end.chosen for end in ends]]
        lines.append(
            f"| {p:g} | {fits:.3f} | {losses.mean():.4f} | "
            f"{np.quantile(losses, 0.95):.4f} | {np.mean(losses == 0):.2f} |"
        )
    blind = full.max() - full
    lines.append(
        f"| a trial by chance | {1 / len(full):.3f} | {blind.mean():.4f} | "
        f"{np.quantile(blind, 0.95):.4f} | {np.mean(blind == 0):.2f} |"
    )
    return "\n".join(lines)
