"""The loss of every kind of target, and what a recipe may say of it."""

import dataclasses
from collections.abc import Callable, Sequence

import keras

from pipelines.errors import UsageError
from zoo.recipes.optimisation import Optimisation
from zoo.targets.kinds import able
from zoo.targets.target_output import TargetOutput
from zoo.training.losses.class_losses import class_loss
from zoo.training.losses.target_losses import (
    HuberLoss,
    LabelsLoss,
    SquaredLoss,
    StepsLoss,
)

MAIN_HEAD = "logits"

_OF_SOME_KINDS = ("label_smoothing", "focal_gamma", "class_weights", "regression_loss")


def _of_classes(optimisation: Optimisation) -> keras.losses.Loss:
    return class_loss(
        label_smoothing=optimisation.label_smoothing,
        focal_gamma=optimisation.focal_gamma,
    )


def _of_labels(optimisation: Optimisation) -> keras.losses.Loss:
    return LabelsLoss(optimisation.focal_gamma, optimisation.label_smoothing)


def _of_steps(optimisation: Optimisation) -> keras.losses.Loss:
    return StepsLoss()


def _of_numbers(optimisation: Optimisation) -> keras.losses.Loss:
    huber = optimisation.regression_loss == "huber"
    return HuberLoss() if huber else SquaredLoss()


LOSSES: dict[str, Callable[[Optimisation], keras.losses.Loss]] = {
    "classification": _of_classes,
    "multilabel": _of_labels,
    "ordinal": _of_steps,
    "regression": _of_numbers,
}


def loss_of(
    target_output: TargetOutput, optimisation: Optimisation
) -> keras.losses.Loss:
    """What a target is learned by, of one number for each that its last layer gives."""
    return LOSSES[target_output.kind.name](optimisation)


def plain_loss_of(
    target_output: TargetOutput, optimisation: Optimisation
) -> keras.losses.Loss:
    """Likewise what it is validated by: never smoothed nor focal."""
    plain = dataclasses.replace(optimisation, label_smoothing=0.0, focal_gamma=0.0)
    return loss_of(target_output, plain)


def check(target_outputs: Sequence[TargetOutput], optimisation: Optimisation) -> None:
    """Raises a UsageError for a setting that no target of the task can follow.

    Args:
        target_outputs: the main one first.
    """
    kinds = [target_output.kind for target_output in target_outputs]
    names = ", ".join(kind.name for kind in kinds)
    for setting in _OF_SOME_KINDS:
        changed = getattr(optimisation, setting) != getattr(Optimisation(), setting)
        if changed and not any(setting in kind.settings for kind in kinds):
            raise UsageError(
                f"optimisation.{setting} is for targets of kind "
                f"{', '.join(able(setting))}. Received: {names}. Leave it out"
            )
    if optimisation.balance and "balance" not in kinds[0].settings:
        raise UsageError(
            "optimisation.balance shares out the classes of the main target. Received: "
            f"one of kind {kinds[0].name}. Leave it out"
        )
    if len(optimisation.target_weights) not in (0, len(kinds)):
        raise UsageError(
            "optimisation.target_weights wants one weight for each target. Received: "
            f"{len(optimisation.target_weights)} for {len(kinds)}"
        )
