"""Why training ended before its last epoch, and what may help."""

from collections.abc import Sequence

from zoo.recipes.optimisation import Optimisation
from zoo.runs import history
from zoo.runs.history import Epoch

_FALLEN = 0.9  # of the first epoch's loss: more than that, and nothing was learned
_CHANCE = 0.55  # an AUC that a coin reaches on few patients
_EXPLAINED = 0.05  # likewise, a share of a number's variance


def reason(rows: Sequence[Epoch], optimisation: Optimisation) -> str:
    """In words; empty where all epochs of the last stage were trained.

    Where the validation split says that nothing was learned, advice follows: another
    one if the training split was not learned either.
    """
    of_stage = [row for row in rows if row.stage == rows[-1].stage]
    if len(of_stage) in (0, optimisation.epochs):
        return ""
    reached = history.first_best(of_stage, optimisation.monitor)
    most = len(rows) - len(of_stage) + optimisation.epochs
    value = getattr(reached, optimisation.monitor)
    stopped = (
        f"stopped after epoch {rows[-1].epoch} of {most}: no improvement of "
        f"{optimisation.monitor} over {value:.4f} (epoch {reached.epoch}) for "
        f"{optimisation.patience} epochs"
    )
    advice = _advice(rows)
    return f"{stopped}. {advice}" if advice else stopped


def _advice(rows: Sequence[Epoch]) -> str:
    if any(map(_better_than_chance, rows)):
        return ""
    if min(row.loss for row in rows) > _FALLEN * rows[0].loss:
        return (
            "Neither the training nor the validation patients were learned. Try "
            "`--lr auto`, pretrained weights (--weights imagenet), or look at the "
            "labels and pictures with `python -m pipelines.inspect DATASET --montage "
            "DIR`"
        )
    return (
        "The training patients were learned, the validation patients were not. Try "
        "augmentation (--augment PRESET), pretrained weights, a smaller network, or "
        "more patients; the sign may not be in these pictures"
    )


def _better_than_chance(row: Epoch) -> bool:
    if row.val_auc is not None:
        return row.val_auc > _CHANCE
    return row.val_r2 is not None and row.val_r2 > _EXPLAINED
