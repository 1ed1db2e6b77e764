"""What an epoch is worth on the validation split: losses, scores of the main target."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import tensorflow as tf

from zoo.evaluation.metrics.by_kind import VALIDATION_SCORES
from zoo.recipes.optimisation import Optimisation
from zoo.targets.target_output import TargetOutput
from zoo.training.data.target_encoding import known_values
from zoo.training.loop.inference import ModelOutputs
from zoo.training.losses.losses import plain_loss_of


def scores(
    model_outputs: ModelOutputs, target_output: TargetOutput, optimisation: Optimisation
) -> dict[str, float]:
    """Each under its name in the history.

    `val_loss` everywhere; `val_accuracy` and `val_auc` of classes, of labels over all
    that are known (the AUC is the mean over the labels that the split has both with
    and without); of numbers `val_mae`, in the units of the data set, and `val_r2`,
    each the mean over the columns.
    """
    targets, outputs = model_outputs.target, outputs_of(model_outputs, target_output)
    return {
        "val_loss": _loss(targets, outputs, target_output, optimisation),
        **VALIDATION_SCORES[target_output.kind.name](
            target_output.values_of(targets), outputs
        ),
    }


def further_losses(
    model_outputs: ModelOutputs,
    target_outputs: Sequence[TargetOutput],
    optimisation: Optimisation,
) -> Iterator[tuple[TargetOutput, float]]:
    """Each target that some sample knows, and its loss over what is known of it."""
    for target_output in target_outputs:
        known = ~np.isnan(target_output.values_of(model_outputs.target)).all(axis=1)
        if known.any():
            outputs = {
                name: values[known]
                for name, values in outputs_of(model_outputs, target_output).items()
            }
            loss = _loss(
                model_outputs.target[known], outputs, target_output, optimisation
            )
            yield target_output, loss


def outputs_of(
    model_outputs: ModelOutputs, target_output: TargetOutput
) -> dict[str, np.ndarray]:
    """What is answered to a target, by the output's name without its suffix."""
    return {
        name: model_outputs.outputs[name + target_output.suffix]
        for name in target_output.kind.outputs.values()
    }


def _loss(
    targets: np.ndarray,
    outputs: Mapping[str, np.ndarray],
    target_output: TargetOutput,
    optimisation: Optimisation,
) -> float:
    """The mean over what is known, in float64.

    Args:
        targets: the numbers of all targets, `[N, T]`.
    """
    kind, statistics = target_output.kind, target_output.column_statistics
    values, known = known_values(tf.constant(targets, tf.float64), target_output)
    wanted = kind.encode(values, known, target_output.size, statistics)
    given = tf.constant(kind.last_numbers(outputs, statistics), tf.float64)
    losses = plain_loss_of(target_output, optimisation).call(wanted, given).numpy()
    known = known.numpy() > 0
    if losses.ndim == 1:
        return float(losses.mean())
    if kind.columns_alike:
        columns = np.flatnonzero(known.any(axis=0))
        return float(np.mean([losses[known[:, c], c].mean() for c in columns]))
    return float(losses[known].mean())
