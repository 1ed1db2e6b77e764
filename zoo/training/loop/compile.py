"""A model with all that a training step needs."""

import math
from collections.abc import Mapping

import keras
import tensorflow as tf

from zoo.recipes.optimisation import Optimisation
from zoo.training.data.target_encoding import encoded
from zoo.training.loop import optimizers
from zoo.training.losses.class_weights import WeightedOutput, loss_weights, of_heads
from zoo.training.losses.losses import MAIN_HEAD, loss_of


def compile_model(
    training: keras.Model,
    weighted_outputs: tuple[WeightedOutput, ...],
    optimisation: Optimisation,
    rate_shares: Mapping[int, float],
) -> None:
    """Gives the training model its losses, metrics and optimizer, all of them built.

    Losses and metrics see one sample of zeros: unbuilt, they would make `fit` open the
    stream of batches, take one and begin the stream again, a whole shuffle buffer for
    nothing.

    Args:
        rate_shares: see `optimizers.build`.
    """
    heads = of_heads(training.output, weighted_outputs)
    main = weighted_outputs[0].target_output.kind
    training.compile(
        optimizer=optimizers.build(
            optimisation, training.trainable_variables, rate_shares
        ),
        loss={
            head: loss_of(output.target_output, optimisation)
            for head, output in heads.items()
        },
        loss_weights=loss_weights(heads, optimisation.auxiliary_weight),
        metrics={MAIN_HEAD: [metric() for metric in main.accuracy]},
        weighted_metrics={MAIN_HEAD: [metric() for metric in main.weighted_accuracy]},
        jit_compile=optimisation.xla,
        auto_scale_loss=False,  # the optimizer does it where it must
    )
    columns = sum(output.target_output.target.size for output in weighted_outputs)
    unknown = tf.fill([1, columns], math.nan)
    targets = {head: encoded(unknown, output) for head, output in heads.items()}
    zeros = {head: target for head, (target, _) in targets.items()}
    none = {head: weight for head, (_, weight) in targets.items()}
    training.compute_loss(y=zeros, y_pred=zeros, sample_weight=none)
    training.compute_metrics(None, zeros, zeros, sample_weight=none)
