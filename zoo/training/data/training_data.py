"""What a run learns from: its batches, as its recipe wants them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from pipelines.batches import dataset
from pipelines.batches.samples import Variation
from pipelines.batches.settings import BatchSettings
from pipelines.records.data_set import DataSet
from zoo.architectures.architecture import Architecture
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run
from zoo.targets.standardisation import Standards
from zoo.training.data import unlabelled
from zoo.training.losses.class_weights import WeightedOutput, weighed


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingData:
    """What fitting learns from.

    Args:
        train: `train(first_epoch)` gives endless batches; an epoch's draws depend on
            its number alone.
        steps: batches per epoch.
        validation: finite batches, the same in every epoch.
        weighted_outputs: what is learned of them, the main target first.
    """

    train: Callable[[int], tf.data.Dataset]
    steps: int
    validation: Iterable
    weighted_outputs: tuple[WeightedOutput, ...]


def of_run(
    run: Run, data: DataSet, architecture: Architecture, targets: np.ndarray
) -> TrainingData:
    """Batches of the training and the validation split, and what targets weigh.

    Args:
        targets: of the training samples, NaN = not known, `[N, T]`.
    """
    recipe = run.recipe
    settings = batch_settings(recipe, run.fold, run.standards)
    variation = Variation(
        augmentation=recipe.augmentation,
        slices=recipe.slices if architecture.rank == 2 else None,
    )
    steps = dataset.steps_per_epoch(data, settings)

    def train(first_epoch: int) -> tf.data.Dataset:
        return dataset.train_batches(
            data,
            settings,
            variation=variation,
            seed=recipe.seed,
            balance=recipe.optimisation.balance,
            first_epoch=first_epoch,
        )

    if recipe.mixmatch.learns:
        train = unlabelled.beside(
            train, data, settings, recipe, steps=steps, variation=variation
        )
    return TrainingData(
        train=train,
        steps=steps,
        validation=dataset.eval_batches(data, settings, split="validation"),
        weighted_outputs=weighted_outputs(run, targets),
    )


def batch_settings(
    recipe: Recipe, fold: str | None, standards: Standards
) -> BatchSettings:
    """What all batches of a run have in common.

    Args:
        standards: with the encoding of the covariates that the network sees.
    """
    return BatchSettings(
        fold=fold,
        channels=recipe.sequences,
        normalisation=recipe.normalisation,
        encoding=standards.encoding,
        batch_size=recipe.optimisation.batch_size,
    )


def weighted_outputs(run: Run, targets: np.ndarray) -> tuple[WeightedOutput, ...]:
    """What the run learns, and what the targets weigh.

    Args:
        targets: of the training samples, `[N, T]`.
    """
    optimisation = run.recipe.optimisation
    shares = optimisation.target_weights or (1.0,) * len(run.target_outputs)
    return tuple(
        weighed(
            target_output,
            target_output.values_of(targets),
            optimisation.class_weights,
            share,
        )
        for target_output, share in zip(run.target_outputs, shares, strict=True)
    )
