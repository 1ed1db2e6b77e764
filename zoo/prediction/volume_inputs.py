"""From decoded volumes to what a network takes, exactly as from their records."""

from collections.abc import Callable, Mapping

import tensorflow as tf

from pipelines.batches import normalisation, selection
from pipelines.covariates.encode import encode
from pipelines.tasks.task import Task
from zoo.runs.run import Run
from zoo.training.data.target_encoding import inputs_of


def lets_studies_lack(task: Task) -> bool:
    """Whether a study of the task may be without one of its channels."""
    return bool(task.optional_channels)


def volume_inputs(
    run: Run,
) -> Callable[[Mapping[str, tf.Tensor]], tf.Tensor | dict[str, tf.Tensor]]:
    """A function with the steps of `record_outputs.record_inputs` behind the decoding.

    Args:
        run: says which channels, which normalisation and how covariates are encoded.

    Returns:
        From tensors by name to what the network takes. They are `volume` (float32
        `[B, D, H, W, C]`, all channels of the task, values as a record of the study
        decodes) and `fill` (float32 `[B, C]`: what differs from it is foreground);
        `present` (int64 `[B, C]`, 0 = the study lacks it, and its voxels are not looked
        at) where the task lets studies lack a sequence; `covariates` (float32 `[B, n]`,
        as records have them, of those that the network sees, NaN = not known) where it
        sees some.

    In the graph:
        InvalidArgumentError: a shape that is not the task's.
    """
    task, names = run.task, run.recipe.head.covariates
    channels = selection.channel_indices(task, run.channels)
    kind = run.recipe.normalisation
    shape = (*task.grid.shape, len(channels))

    def normalised(sample: Mapping[str, tf.Tensor]) -> tf.Tensor:
        values = normalisation.chosen(sample["volume"], channels)
        foreground = values != normalisation.chosen(sample["fill"], channels)
        if "present" in sample:
            foreground &= normalisation.chosen(sample["present"], channels) > 0
        return normalisation.normalise(values, foreground, kind)

    def function(given: Mapping[str, tf.Tensor]) -> tf.Tensor | dict[str, tf.Tensor]:
        given = _of_task(given, task, len(names))
        by_voxel = {key: given[key] for key in given if key != "covariates"}
        spec = tf.TensorSpec(shape, tf.float32)
        inputs = {"volume": tf.map_fn(normalised, by_voxel, fn_output_signature=spec)}
        if names:
            inputs["covariates"] = encode(
                given["covariates"], run.standards.encoding, names
            )
        return inputs_of(inputs)

    return function


def _of_task(
    given: Mapping[str, tf.Tensor], task: Task, covariates: int
) -> dict[str, tf.Tensor]:
    """The same tensors, to be had only if all have the shapes of the task."""
    channels = len(task.channels)
    beyond = {"volume": task.record_shape, "covariates": (covariates,)}
    first = tf.shape(given["volume"])[:1]
    assertions = []
    for name, tensor in given.items():
        wanted = beyond.get(name, (channels,))
        message = (
            f"{name} of the task {task.name} (channels {', '.join(task.channels)}) is "
            f"[B, {', '.join(map(str, wanted))}], with the B of volume. Received:"
        )
        # As text: shapes of other ranks can't be compared as numbers.
        expected = _text(tf.concat([first, wanted], axis=0))
        received = _text(tf.shape(tensor))
        assertion = tf.debugging.Assert(expected == received, [message, received])
        assertions.append(assertion)
    with tf.control_dependencies(assertions):
        return dict(zip(given, tf.identity_n(list(given.values()))))


def _text(shape: tf.Tensor) -> tf.Tensor:
    return tf.strings.reduce_join(tf.as_string(shape), separator=", ")
