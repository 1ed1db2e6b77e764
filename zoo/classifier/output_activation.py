"""From the numbers of a network's last layer to its answers, all float32 by name."""

import keras
from keras import ops

from zoo.classifier import slice_pooling
from zoo.targets.target_output import TargetOutput

# The numbers of a volume from those of its slices.
POOLED = {
    "classification": slice_pooling.vote,
    "multilabel": slice_pooling.vote_each,
    "ordinal": slice_pooling.vote_each,
    "regression": slice_pooling.value,
}
_LEAST = 1e-30  # of a difference of chances, so that its logarithm is a number


def answers(
    numbers: keras.KerasTensor, target_output: TargetOutput
) -> dict[str, keras.KerasTensor]:
    """What inference gives of one target, each name with the target's suffix.

    Of classes and of labels `logits` and `probabilities` `[B, K]`: softmax of the
    logits for classes, sigmoid for labels. The logits of an ordinal target are the
    logarithms of its classes' probabilities. Of a regression `predictions` `[B, T]` in
    the units of the data set.

    Args:
        numbers: of the last layer, `[B, target_output.size]`.
    """
    if target_output.kind == "regression":
        units = keras.layers.Rescaling(
            list(target_output.deviations), list(target_output.means), dtype="float32"
        )
        return _named({"predictions": units(numbers)}, target_output)
    if target_output.kind == "ordinal":
        numbers = class_logits(numbers)
    found = _named({"logits": numbers}, target_output)
    (logits,) = found.values()
    name = f"probabilities{target_output.suffix}"
    if target_output.kind == "multilabel":
        link = keras.layers.Activation("sigmoid", dtype="float32", name=name)
    else:
        link = keras.layers.Softmax(dtype="float32", name=name)
    return found | {name: link(logits)}


def class_logits(steps: keras.KerasTensor) -> keras.KerasTensor:
    """Logarithms of the probabilities of K ordered classes.

    With a chance above class k of sigmoid(s_k), class k + 1 has sigmoid(s_k) -
    sigmoid(s_k+1), which is sigmoid(s_k) sigmoid(-s_k+1) (1 - exp(s_k+1 - s_k)): no
    difference of nearly equal numbers.

    Args:
        steps: s_1 to s_K-1, falling, `[B, K - 1]`.

    Returns:
        `[B, K]`.
    """
    above, below = ops.log_sigmoid(steps), ops.log_sigmoid(-steps)
    apart = -ops.expm1(steps[:, 1:] - steps[:, :-1])
    between = above[:, :-1] + below[:, 1:] + ops.log(ops.maximum(apart, _LEAST))
    return ops.concatenate([below[:, :1], between, above[:, -1:]], axis=1)


def _named(found: dict[str, keras.KerasTensor], target_output: TargetOutput) -> dict:
    return {
        f"{name}{target_output.suffix}": keras.layers.Identity(
            dtype="float32", name=f"{name}{target_output.suffix}"
        )(x)
        for name, x in found.items()
    }
