"""The rules of `zoo.ensembling.rules` in a graph; see also `graph_abstentions`.

Of TensorFlow's own operations, in float32. An export is held to the rules in NumPy
before it gets its number.
"""

from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from zoo.ensembling import graph_abstentions, graph_stacking
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.fitting import Fitted

Tensors = Mapping[str, tf.Tensor]


def combiner(ensemble: Ensemble) -> Callable[..., dict[str, tf.Tensor]]:
    """From what the networks say to what `Ensemble.combine` says of it.

    Returns:
        A function of the outputs of every network by name, `[B, K]`, the folds of a
        member one after the other, and of who votes, bool `[M, B]`, for each sample a
        member or more; none = every member votes. What an abstaining member's networks
        say is not looked at. It gives the outputs that a prediction shows.
    """

    def combined(
        each: Sequence[Tensors], votes: tf.Tensor | None = None
    ) -> dict[str, tf.Tensor]:
        answers = {}
        for output in ensemble.target_outputs:
            kind = ensemble.rule, output.kind.single_label
            fitted = ensemble.fitted.get(output.target.name, {})
            folds = len(ensemble.folds)
            total = 0.0
            for number, fold in enumerate(ensemble.folds):
                own = [outputs[output.shown_output] for outputs in each[number::folds]]
                values, learned = tf.stack(own), fitted.get(fold, {})
                if votes is None:
                    total += _RULES[kind](values, learned)
                    continue
                values = tf.where(votes[:, :, None], values, tf.zeros_like(values))
                total += graph_abstentions.RULES[kind](values, votes, learned)
            answers[output.shown_output] = total / folds
        return answers

    return combined


def _mean(values: tf.Tensor, _: Fitted) -> tf.Tensor:
    return tf.reduce_mean(values, axis=0)


def _weighted(values: tf.Tensor, fitted: Fitted) -> tf.Tensor:
    weights = tf.constant(fitted["weights"], values.dtype)
    return tf.reduce_sum(values * weights[:, None, None], axis=0)


def _largest(values: tf.Tensor, _: Fitted) -> tf.Tensor:
    return _scaled(tf.reduce_max(values, axis=0), values)


def _smallest(values: tf.Tensor, _: Fitted) -> tf.Tensor:
    return _scaled(tf.reduce_min(values, axis=0), values)


def _median(values: tf.Tensor, _: Fitted) -> tf.Tensor:
    by_size = tf.sort(values, axis=0)
    number = values.shape[0]
    return (by_size[(number - 1) // 2] + by_size[number // 2]) / 2


def _scaled_median(values: tf.Tensor, fitted: Fitted) -> tf.Tensor:
    return _scaled(_median(values, fitted), values)


def _majority(values: tf.Tensor, _: Fitted) -> tf.Tensor:
    number, classes = values.shape[0], values.shape[2]
    votes = tf.one_hot(tf.argmax(values, axis=2), classes, dtype=values.dtype)
    total = tf.reduce_sum(votes, axis=0) + tf.reduce_mean(values, axis=0)
    return total / (number + 1)


def _stacking(values: tf.Tensor, fitted: Fitted) -> tf.Tensor:
    return graph_stacking.answer(graph_stacking.log_odds(values), fitted)


def _scaled(shares: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """To the sum 1; the mean where there is nothing to scale."""
    total = tf.reduce_sum(shares, axis=1, keepdims=True)
    safe = tf.where(total > 0, total, tf.ones_like(total))
    return tf.where(total > 0, shares / safe, tf.reduce_mean(values, axis=0))


# By the rule and whether classes exclude each other.
_RULES: dict[tuple[str, bool], Callable[[tf.Tensor, Fitted], tf.Tensor]] = {
    ("mean", True): _mean,
    ("mean", False): _mean,
    ("weighted", True): _weighted,
    ("weighted", False): _weighted,
    ("max", True): _largest,
    ("min", True): _smallest,
    ("median", True): _scaled_median,
    ("median", False): _median,
    ("majority", True): _majority,
    ("stacking", True): _stacking,
}
