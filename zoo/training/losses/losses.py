"""The loss of every kind of target."""

import dataclasses
from collections.abc import Callable

import keras

from zoo.recipes.optimisation import Optimisation
from zoo.targets.target_output import TargetOutput
from zoo.training.losses.class_losses import class_loss
from zoo.training.losses.target_losses import (
    HuberLoss,
    LabelsLoss,
    SquaredLoss,
    StepsLoss,
)

MAIN_HEAD = "logits"


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
