"""From records to a network's outputs: the one function that predicts and is served."""

from collections.abc import Callable

import keras
import tensorflow as tf

from pipelines.batches import samples, selection
from zoo.runs.run import Run
from zoo.training.data.target_encoding import inputs_of

_INPUTS = ("volume", "covariates")


def record_outputs(
    run: Run, model: keras.Model
) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
    """A function that parses, selects channels, encodes covariates, normalises, infers.

    It is made of TensorFlow's own operations, so that it can be traced into a graph of
    its own.

    Args:
        run: see `record_inputs`.
        model: the run's inference model.

    Returns:
        From serialized records `[B]` (string) to all outputs of the model by name,
        float32 `[B, ...]`.
    """
    inputs = record_inputs(run)

    def function(records: tf.Tensor) -> dict[str, tf.Tensor]:
        return dict(model(inputs(records), training=False))

    return function


def record_inputs(run: Run) -> Callable[[tf.Tensor], tf.Tensor | dict[str, tf.Tensor]]:
    """The steps up to the network: those of training and evaluation.

    See `pipelines.batches.samples.normalised`.

    Args:
        run: says which channels, which normalisation and how covariates are encoded.

    Returns:
        From serialized records `[B]` (string) to what the network takes: the volume
        `[B, D, H, W, C]`, or it and `covariates` `[B, E]` by name.
    """
    prepare = samples.normalised(
        run.task,
        selection.channel_indices(run.task, run.channels),
        run.recipe.normalisation,
        run.standards.encoding,
        require_target=False,
    )
    volume = (*run.task.grid.shape, len(run.channels))
    signature = {
        "volume": tf.TensorSpec(volume, tf.float32),
        "covariates": tf.TensorSpec([len(run.standards.encoding.names)], tf.float32),
    }

    def prepared(record: tf.Tensor) -> dict[str, tf.Tensor]:
        sample = prepare(record)
        return {name: sample[name] for name in _INPUTS}

    def function(records: tf.Tensor) -> tf.Tensor | dict[str, tf.Tensor]:
        return inputs_of(tf.map_fn(prepared, records, fn_output_signature=signature))

    return function
