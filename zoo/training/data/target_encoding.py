"""From a data set's elements to what Keras fits: inputs, targets, sample weights."""

from collections.abc import Mapping

import tensorflow as tf

from pipelines.batches import reading
from zoo.targets.target_output import TargetOutput
from zoo.training.losses.class_weights import WeightedOutput

TargetAndWeight = tuple[tf.Tensor, tf.Tensor]  # target, weight


def supervise(
    batches: tf.data.Dataset, *, heads: Mapping[str, WeightedOutput]
) -> tf.data.Dataset:
    """`(inputs, {head: target}, {head: weight})` for every batch.

    The inputs are what `inputs_of` takes of an element; targets are `[B,
    target_output.size]`, weights `[B]` of classes and grades, of labels and numbers as
    the targets. A mixed sample has the target and the weight whose loss is the mean, by
    its share, of its own loss and its partner's: exactly where the loss is linear in
    the target, as cross-entropies are; a number becomes the mean of both.

    Args:
        batches: elements with `volume` `[B, D, H, W, C]` and `target` `[B, T]`, the
            numbers of all targets side by side; of mixed samples also
            `partner_target` `[B, T]` and `share` `[B]`.
            Unlabelled samples beside them (see `pipelines.batches.semi_supervised`) are
            inputs too.
        heads: what each output of the training model learns.
    """

    def of_head(
        element: dict[str, tf.Tensor], weighted_output: WeightedOutput
    ) -> TargetAndWeight:
        sample = encoded(element["target"], weighted_output)
        if "share" not in element:
            return sample
        partner = encoded(element["partner_target"], weighted_output)
        return _mixed(sample, partner, element["share"])

    def split(element: dict[str, tf.Tensor]) -> tuple:
        by_head = {
            head: of_head(element, weighted_output)
            for head, weighted_output in heads.items()
        }
        return (
            inputs_of(element),
            {head: target for head, (target, _) in by_head.items()},
            {head: weight for head, (_, weight) in by_head.items()},
        )

    return reading.mapped(batches, split)


def encoded(target: tf.Tensor, weighted_output: WeightedOutput) -> TargetAndWeight:
    """What the last layer is to give, and its weight, 0 if not known.

    How, is the kind's: classes are one-hot, grades one 0 or 1 for each step, numbers
    standardised.

    Args:
        target: the numbers of all targets, `[B, T]`; the result has their type.
    """
    target_output = weighted_output.target_output
    kind, statistics = target_output.kind, target_output.column_statistics
    values, known = known_values(target, target_output)
    weights = tf.constant(weighted_output.weights, values.dtype)
    return (
        kind.encode(values, known, target_output.size, statistics),
        kind.sample_weight(values, known, weights),
    )


def known_values(
    target: tf.Tensor, target_output: TargetOutput
) -> tuple[tf.Tensor, tf.Tensor]:
    """A target's own numbers, 0 where not known, and 1 where known, `[B, R]` each.

    Args:
        target: the numbers of all targets, `[B, T]`.
    """
    values = target_output.values_of(target)
    known = tf.cast(~tf.math.is_nan(values), values.dtype)
    return tf.where(known > 0, values, tf.zeros_like(values)), known


def _mixed(
    sample: TargetAndWeight, partner: TargetAndWeight, share: tf.Tensor
) -> TargetAndWeight:
    """The target and weight whose loss is the mean of both losses, by share.

    Args:
        sample: target `[B, R]`, and weight `[B]` or `[B, R]`.
        partner: likewise.
        share: of the sample, `[B]`.
    """
    (target, weight), (partner_target, partner_weight) = sample, partner
    if weight.shape.rank == 2:
        share = share[:, tf.newaxis]
    sample_part = share * weight
    whole = sample_part + (1 - share) * partner_weight
    part = tf.math.divide_no_nan(sample_part, whole)
    if part.shape.rank == 1:
        part = part[:, tf.newaxis]
    return part * target + (1 - part) * partner_target, whole


def inputs_of(element: dict[str, tf.Tensor]):  # noqa: ANN201
    """What a network takes: the volume, or it and other inputs by name.

    Args:
        element: with `volume` and, of a run with covariates, `covariates` `[B, E]`,
            E > 0; where unlabelled samples are beside them, with theirs and with
            `partner` and `own_share`.
    """
    names = ["volume"]
    if element.get("covariates", tf.zeros([1, 0])).shape[-1]:
        names.append("covariates")
    if "unlabelled_volume" in element:
        names += [f"unlabelled_{name}" for name in names] + ["partner", "own_share"]
    return {name: element[name] for name in names} if names[1:] else element["volume"]
