"""The optimizer that a recipe asks for."""

from collections.abc import Mapping

import keras
import tensorflow as tf

from zoo.classifier.precision import HALF
from zoo.recipes.optimisation import Optimisation


def build(
    optimisation: Optimisation,
    variables: list[keras.Variable],
    rate_shares: Mapping[int, float],
) -> keras.optimizers.Optimizer:
    """An optimizer of `variables`, built.

    Gradient clipping takes the mean over the accumulated steps; weight decay happens
    apart from the gradient (Loshchilov and Hutter, 2019), and vectors are spared: a
    network's biases, and the scales and shifts of its normalisation.

    With float16 the loss is scaled, so that small gradients do not vanish; a step whose
    gradients overflow is left out and halves the scale (Micikevicius et al., 2018).

    Args:
        variables: those that are trained.
        rate_shares: by the `id` of a variable, what share of the learning rate it has,
            in its update as in its decay; where none is named, all of it.
    """
    shared = {
        "learning_rate": optimisation.learning_rate,
        "global_clipnorm": optimisation.clip_norm,
    }
    if optimisation.accumulate > 1:
        shared["gradient_accumulation_steps"] = optimisation.accumulate
    if optimisation.optimizer == "sgd":
        made = SGD(
            momentum=optimisation.momentum, nesterov=optimisation.nesterov, **shared
        )
    else:
        made = Adam(**shared)
    made.shares = tuple(rate_shares.get(id(variable), 1.0) for variable in variables)
    made.decays = tuple(
        0.0 if spared(variable) else optimisation.weight_decay for variable in variables
    )
    if optimisation.precision == HALF:
        made = keras.optimizers.LossScaleOptimizer(made)
    made.build(variables)
    return made


def spared(variable: keras.Variable) -> bool:
    """Whether weight decay leaves a weight alone: it is no matrix and no kernel."""
    return len(variable.shape) < 2


class _Apart:
    """An optimizer that has a learning rate and a decay for every variable.

    Keras' own decay knows one rate for all, so it happens here.
    """

    shares: tuple[float, ...]  # in the order of the variables
    decays: tuple[float, ...]

    def update_step(
        self,
        gradient: tf.Tensor,
        variable: tf.Variable,
        learning_rate: keras.Variable,
    ) -> None:
        place = self._get_variable_index(variable)
        rate = tf.cast(learning_rate, variable.dtype)
        if self.shares[place] != 1:
            rate = rate * self.shares[place]
        if self.decays[place]:
            self.assign_sub(variable, variable * self.decays[place] * rate)
        super().update_step(gradient, variable, rate)


class Adam(_Apart, keras.optimizers.Adam):
    """Kingma and Ba (2015); with a decay it is AdamW."""


class SGD(_Apart, keras.optimizers.SGD):
    """Stochastic gradient descent, with momentum or without."""
