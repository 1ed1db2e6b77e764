"""What a run learns from: its batches, as its recipe wants them."""

from functools import partial

import numpy as np
import tensorflow as tf

from pipelines.batches import dataset
from pipelines.batches.samples import Variation
from pipelines.records.data_set import DataSet
from zoo.architectures.architecture import Architecture
from zoo.runs.run import Run
from zoo.training.data import unlabelled
from zoo.training.fit import TrainingData
from zoo.training.losses.class_weights import WeightedOutput, weighed


def of_run(
    run: Run, data: DataSet, architecture: Architecture, targets: np.ndarray
) -> TrainingData:
    """Batches of the training and the validation split, and what targets weigh.

    Args:
        targets: of the training samples, NaN = not known, `[N, T]`.
    """
    recipe = run.recipe
    batch_size = recipe.optimisation.batch_size
    shared = {
        "fold": run.fold,
        "channels": recipe.sequences,
        "normalisation": recipe.normalisation,
        "encoding": run.standards.encoding,
        "batch_size": batch_size,
    }
    in_slices = architecture.rank == 2
    drawn = {
        "slices": recipe.slices.train if in_slices else 0,
        "depth": recipe.slices.depth if in_slices else (0.0, 1.0),
        "policy": recipe.slices.policy,
        "adjacent": recipe.slices.adjacent if in_slices else 1,
    }
    stream = partial(
        dataset.train_batches,
        data,
        seed=recipe.seed,
        augmentation=recipe.augmentation,
        balance=recipe.optimisation.balance,
        **drawn,
        **shared,
    )
    steps = dataset.steps_per_epoch(data, fold=run.fold, batch_size=batch_size)

    def train(first_epoch: int) -> tf.data.Dataset:
        return stream(first_epoch=first_epoch)

    if recipe.mixmatch.learns:
        variation = Variation(
            spatial=recipe.augmentation.spatial,
            intensity=recipe.augmentation.intensity,
            **drawn,
        )
        train = unlabelled.beside(
            train, data, recipe, steps=steps, variation=variation, shared=shared
        )
    return TrainingData(
        train=train,
        steps=steps,
        validation=dataset.eval_batches(data, split="validation", **shared),
        weighted_outputs=weighted_outputs(run, targets),
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
