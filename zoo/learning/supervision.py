"""From a data set's elements to what Keras fits: inputs, targets, sample weights."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf


def supervise(
    batches: tf.data.Dataset, *, heads: Sequence[str], weights: np.ndarray
) -> tf.data.Dataset:
    """`(inputs, {head: one-hot}, {head: sample weight})` for every batch.

    The inputs are what `inputs_of` takes of an element.

    Args:
        batches: elements with `volume` `[B, D, H, W, C]` and `target` `[B, 1]`, the
            class index as a float; of mixed samples also `partner_target` `[B, 1]`
            and `share` `[B]`.
        heads: outputs of the training model; each learns the same target.
        weights: of a sample of each class, `[K]`.
    """
    classes = len(weights)

    def weighed(target: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        label = tf.cast(target[:, 0], tf.int32)
        weight = tf.gather(tf.constant(weights, tf.float32), label)
        return tf.one_hot(label, classes), weight

    def split(element: dict[str, tf.Tensor]) -> tuple:
        one_hot, weight = weighed(element["target"])
        if "share" in element:
            theirs = weighed(element["partner_target"])
            one_hot, weight = _mixed((one_hot, weight), theirs, element["share"])
        return (
            inputs_of(element),
            {head: one_hot for head in heads},
            {head: weight for head in heads},
        )

    return batches.map(split, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)


def _mixed(
    own: tuple[tf.Tensor, tf.Tensor],
    theirs: tuple[tf.Tensor, tf.Tensor],
    share: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The target and weight whose loss is the mean of both losses, by share.

    Exact for losses that are linear in the target, as cross-entropy is.

    Args:
        own: target `[B, K]` and weight `[B]`.
        theirs: the partner's.
        share: of the own one, `[B]`.
    """
    own_weight, their_weight = share * own[1], (1 - share) * theirs[1]
    weight = own_weight + their_weight
    part = tf.math.divide_no_nan(own_weight, weight)[:, tf.newaxis]
    return part * own[0] + (1 - part) * theirs[0], weight


def inputs_of(element: dict[str, tf.Tensor]):  # noqa: ANN201
    """What a network takes: the volume, or it and covariates by name.

    Args:
        element: with `volume` and, of a run with covariates, `covariates` `[B, E]`,
            E > 0.
    """
    if element.get("covariates", tf.zeros([1, 0])).shape[-1] == 0:
        return element["volume"]
    return {name: element[name] for name in ("volume", "covariates")}
