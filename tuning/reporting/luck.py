"""How much of the winner's lead is luck: the selection-corrected figure of a sweep."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import ZooError
from tuning.trials import repeats, results
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial

if TYPE_CHECKING:
    from zoo.evaluation.comparison.selection import Corrected
    from zoo.evaluation.predictions.predictions import Predictions

_RESAMPLES = 2000
_RESAMPLES_OF_MANY = 400
_MANY = 100  # trials; more resamples of them would take minutes


@dataclass(frozen=True, kw_only=True)
class Luck:
    """The corrected figure, or why there is none.

    Args:
        trials: that the choice was among.
        resamples: of patients.
    """

    corrected: "Corrected | None" = None
    trials: int = 0
    resamples: int = 0
    reason: str = ""


def luck(
    sweep: Sweep, trials: Sequence[Trial], *, resamples: int | None = None
) -> Luck:
    """By the out-of-fold predictions of all completed trials.

    Abandoned trials have predictions of some folds alone and were never candidates.
    """
    completed = [trial for trial in trials if trial.state == "completed"]
    if len(completed) < 2:
        return Luck(reason="A choice is among two completed trials or more.")
    if resamples is None:
        resamples = _RESAMPLES if len(completed) <= _MANY else _RESAMPLES_OF_MANY
    from zoo.evaluation.comparison import objectives, selection

    try:
        corrected = selection.corrected_over_repeats(
            {t.trial_id: _repeats(sweep, t) for t in completed},
            objectives.named(sweep.settings.objective),
            aggregate=sweep.settings.aggregate,
            resamples=resamples,
            seed=sweep.settings.seed,
        )
    except ZooError as error:
        return Luck(reason=str(error).replace(str(sweep.path), "the sweep"))
    return Luck(corrected=corrected, trials=len(completed), resamples=resamples)


def _repeats(sweep: Sweep, trial: Trial) -> "list[Predictions]":
    """What a completed trial says of all patients, in each repeat."""
    from zoo.evaluation.predictions.predictions import join

    folds = results.predictions(sweep, trial)
    return [join(part) for part in repeats.grouped(folds, sweep.settings.folds_each)]
