"""The stages of a run, in their order, and how far the history has got in them."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from zoo.recipes.optimisation import Optimisation
from zoo.recipes.transfer import NONE, Transfer
from zoo.runs import history
from zoo.runs.history import Epoch


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A part of the training, all of it with the same trained layers.

    Args:
        number: counted from 1.
        frozen: what it leaves of the backbone as it is, see `Transfer`.
        optimisation: the recipe's, with the epochs and the learning rate of the stage.
    """

    number: int = 1
    frozen: str = NONE
    optimisation: Optimisation


def plan(transfer: Transfer, optimisation: Optimisation) -> tuple[Stage, ...]:
    """Every stage, the main one last: it has the recipe's own epochs and rate."""
    rates = transfer.rates or (1.0,) * len(transfer.epochs)
    epochs = (*transfer.epochs, optimisation.epochs)
    return tuple(
        Stage(
            number=number,
            frozen=frozen,
            optimisation=dataclasses.replace(
                optimisation,
                epochs=most,
                learning_rate=optimisation.learning_rate * rate,
            ),
        )
        for number, (frozen, most, rate) in enumerate(
            zip(transfer.stages, epochs, (*rates, 1.0), strict=True), start=1
        )
    )


def of_stage(rows: Sequence[Epoch], number: int) -> list[Epoch]:
    """The epochs of that stage."""
    return [row for row in rows if row.stage == number]


def is_over(rows: Sequence[Epoch], stage: Stage) -> bool:
    """Whether the stage had all its epochs, or `patience` of them brought no gain."""
    trained = of_stage(rows, stage.number)
    if not trained:
        return False
    optimisation = stage.optimisation
    waited = history.epochs_without_gain(trained, optimisation.monitor)
    return len(trained) >= optimisation.epochs or waited >= optimisation.patience


def pending(rows: Sequence[Epoch], stages: Sequence[Stage]) -> list[Stage]:
    """The stages that are not over, the one in the middle of which a run is first."""
    reached = rows[-1].stage if rows else 1
    return [
        stage
        for stage in stages
        if stage.number >= reached and not is_over(rows, stage)
    ]


def most_epochs(
    rows: Sequence[Epoch], stage: Stage, stages: Sequence[Stage]
) -> tuple[int, int]:
    """Epochs of the run at the end of `stage`, and of all stages, at most."""
    before = len(rows) - len(of_stage(rows, stage.number))
    here = before + stage.optimisation.epochs
    later = sum(s.optimisation.epochs for s in stages if s.number > stage.number)
    return here, here + later
