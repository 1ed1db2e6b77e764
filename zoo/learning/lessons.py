"""What a run learns from: its batches, as its recipe wants them."""

from functools import partial

from pipelines import dataset
from pipelines.records.data_set import DataSet
from zoo.architectures.architecture import Architecture
from zoo.learning.fitting import Lessons
from zoo.learning.losses import class_weights
from zoo.learning.splits import Counts
from zoo.run import Run


def of_run(
    run: Run, data: DataSet, architecture: Architecture, counts: Counts
) -> Lessons:
    """Batches of the training and the validation split, and what a class weighs.

    Args:
        counts: samples by split and class.
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
    stream = partial(
        dataset.train_batches,
        data,
        seed=recipe.seed,
        augmentation=recipe.augmentation,
        slices=recipe.slices.train if in_slices else 0,
        depth=recipe.slices.depth if in_slices else (0.0, 1.0),
        balance=recipe.optimisation.balance,
        policy=recipe.slices.policy,
        adjacent=recipe.slices.adjacent if in_slices else 1,
        **shared,
    )
    return Lessons(
        train=lambda first_epoch: stream(first_epoch=first_epoch),
        steps=dataset.steps_per_epoch(data, fold=run.fold, batch_size=batch_size),
        validation=dataset.eval_batches(data, split="validation", **shared),
        weights=class_weights(recipe.optimisation.class_weights, counts["train"]),
    )
