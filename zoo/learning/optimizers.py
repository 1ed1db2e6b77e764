"""The optimizer that a recipe asks for."""

import keras

from zoo.optimisation import Optimisation
from zoo.precision import HALF


def build(
    optimisation: Optimisation, variables: list[keras.Variable]
) -> keras.optimizers.Optimizer:
    """An optimizer of `variables`, built.

    Gradient clipping takes the mean over the accumulated steps; weight decay happens
    apart from the gradient (Loshchilov and Hutter, 2019), and vectors are spared: a
    network's biases, and the scales and shifts of its normalisation.

    With float16 the loss is scaled, so that small gradients do not vanish; a step whose
    gradients overflow is left out and halves the scale (Micikevicius et al., 2018).

    Args:
        variables: those that are trained.
    """
    shared = {
        "learning_rate": optimisation.learning_rate,
        "global_clipnorm": optimisation.clip_norm,
    }
    if optimisation.accumulate > 1:
        shared["gradient_accumulation_steps"] = optimisation.accumulate
    if optimisation.weight_decay:
        shared["weight_decay"] = optimisation.weight_decay
    if optimisation.optimizer == "sgd":
        made = keras.optimizers.SGD(
            momentum=optimisation.momentum, nesterov=optimisation.nesterov, **shared
        )
    elif optimisation.optimizer == "adamw":
        made = keras.optimizers.AdamW(**shared)
    else:
        made = keras.optimizers.Adam(**shared)
    if optimisation.weight_decay:
        made.exclude_from_weight_decay(
            var_list=[variable for variable in variables if spared(variable)]
        )
    if optimisation.precision == HALF:
        made = keras.optimizers.LossScaleOptimizer(made)
    made.build(variables)
    return made


def spared(variable: keras.Variable) -> bool:
    """Whether weight decay leaves a weight alone: it is no matrix and no kernel."""
    return len(variable.shape) < 2
