"""What all trials of a sweep have in common while they are run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

from tuning.trials.budget import Budget
from tuning.trials.fold_result import FoldResult
from tuning.trials.fold_task import FoldTask
from tuning.trials.limits import Limits
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from zoo.evaluation.predictions.predictions import Predictions
from zoo.recipes.recipe import Recipe

if TYPE_CHECKING:
    from tuning.trials.abandonment import Verdict
    from zoo.evaluation.comparison.objectives import Objective

Judge = Callable[[Sequence[Predictions], Sequence[Predictions]], "Verdict"]


class TrialTakenError(Exception):
    """Another worker runs the trial by now: this one was silent for too long."""


class Worker(Protocol):
    """What trains folds while a block runs."""

    def __enter__(self) -> Self:
        """Begins; also anew, after an end."""

    def __exit__(self, *of: object) -> None:
        """Ends, and lets go of all that it holds.

        Args:
            of: the error that ended the block, as kind, error and trace, or None each.
        """

    def run(self, task: FoldTask) -> FoldResult:
        """Trains a fold, whatever becomes of it; one that is done is read.

        Raises:
            TrialTakenError: its trial is another worker's by now.
            StoppedError: at the word of another thread.
        """

    def stop(self) -> None:
        """Has `run`, in another thread, leave what it is at and end; for good."""


def silent(trial: Trial) -> None:
    """Nobody watches."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """A sweep, and how its trials are run.

    Args:
        sweep: on disk.
        recipe: what stays fixed.
        data: where the folds are; those of further repeats are beside them.
        objective: what a trial is judged by.
        budget: of the sweep.
        limits: of each trial.
        has_a_chance: `has_a_chance(mine, best)`, of the predictions of the same folds,
            says whether a trial goes on; none = every trial does all folds.
        weights_from: as of `zoo.train`.
        watch: is told of each trial that begins, gets on or ends.
    """

    sweep: Sweep
    recipe: Recipe
    data: str
    objective: "Objective"
    budget: Budget
    limits: Limits = field(default_factory=Limits)
    has_a_chance: Judge | None = None
    weights_from: str | None = None
    watch: Callable[[Trial], None] = silent
