"""What a run learns from samples without a label: its batches."""

from collections.abc import Callable

import tensorflow as tf

from pipelines.batches import semi_supervised
from pipelines.batches.samples import Variation
from pipelines.batches.settings import BatchSettings
from pipelines.records.data_set import DataSet
from zoo.recipes.recipe import Recipe

Stream = Callable[[int], tf.data.Dataset]


def beside(
    labelled: Stream,
    data: DataSet,
    settings: BatchSettings,
    recipe: Recipe,
    *,
    steps: int,
    variation: Variation,
) -> Stream:
    """The batches of a run, with unlabelled samples beside the labelled ones.

    Args:
        labelled: the training batches by the number of the first epoch.
        steps: per epoch.
        variation: what is drawn of every sample.
    """
    mixmatch = recipe.mixmatch

    def stream(first_epoch: int) -> tf.data.Dataset:
        first_batch = first_epoch * steps
        unlabelled = semi_supervised.unlabelled_batches(
            data,
            settings,
            variation=variation,
            seed=recipe.seed,
            copies=mixmatch.copies,
            first_batch=first_batch,
        )
        return semi_supervised.beside(
            labelled(first_epoch),
            unlabelled,
            seed=recipe.seed,
            alpha=mixmatch.alpha,
            first_batch=first_batch,
        )

    return stream
