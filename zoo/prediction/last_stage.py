"""Between networks' outputs and the answer: their mean, and the label that it gives.

Of TensorFlow's own operations, so that it predicts and is served as one function. What
a run's last_stage.json puts between (scaling, operating point, reject rule) comes
behind: in NumPy by `staged_answer`, where it predicts, and in a graph by `graph_stage`,
where it is served.
"""

from collections.abc import Mapping, Sequence

import tensorflow as tf

from zoo.targets.target_output import TargetOutput

Tensors = Mapping[str, tf.Tensor]
PRESENT_ABOVE = 0.5  # the probability above which evaluation counts a label as present


def answer(
    each: Sequence[Tensors],
    weights: Sequence[float],
    target_outputs: Sequence[TargetOutput],
) -> dict[str, tf.Tensor]:
    """What several networks together answer; of a single one that one's answer.

    Args:
        each: the outputs of every network by name, `[B, ...]`.
        weights: of the networks, positive.
        target_outputs: what is answered, the main target first.

    Returns:
        By name, of a further target with `_<name>` behind it. Of classes and grades
        `probabilities` `[B, K]`, `label` (the most probable, of equal ones the first:
        its name, string `[B]`) and `class_names` (string `[B, K]`); of labels of their
        own the same, but `label` is 1 where one is present (probability above 0.5),
        int64 `[B, K]`; of a regression `predictions` `[B, T]` alone.
    """
    answered = {}
    for target_output in target_outputs:
        values = weighted_mean(
            [outputs[target_output.shown_output] for outputs in each], weights
        )
        answered[target_output.shown_output] = values
        answered |= {
            f"{name}{target_output.suffix}": tensor
            for name, tensor in _decided(values, target_output).items()
        }
    return answered


def weighted_mean(values: Sequence[tf.Tensor], weights: Sequence[float]) -> tf.Tensor:
    """The mean of equal shapes; with equal weights to the last bit `numpy.mean`'s.

    Raises:
        ValueError: no value, another number of weights, or one that is not positive.
    """
    if not values or len(values) != len(weights) or not min(weights) > 0:
        raise ValueError(
            "a mean wants a value or more, and a positive weight for each. "
            f"Received: {len(values)} values, weights={weights}"
        )
    if len(values) == 1:
        return values[0]
    largest = max(weights)
    shares = [weight / largest for weight in weights]
    total = values[0] * shares[0]
    for value, share in zip(values[1:], shares[1:], strict=True):
        total += value * share
    return total / sum(shares)


def _decided(values: tf.Tensor, target_output: TargetOutput) -> dict[str, tf.Tensor]:
    kind = target_output.kind
    if not (kind.single_label or kind.binary):
        return {}
    names = tf.constant(target_output.names)
    if kind.single_label:
        label = tf.gather(names, tf.argmax(values, axis=-1))
    else:
        label = tf.cast(values > PRESENT_ABOVE, tf.int64)
    repeated = tf.tile(names[tf.newaxis], [tf.shape(values)[0], 1])
    return {"label": label, "class_names": repeated}
