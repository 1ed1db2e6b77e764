"""A finished network computing in another precision, its weights and outputs as before.

What is half as wide is the backbone's arithmetic alone: volumes, normalisation, heads
and answers stay float32.
"""

import dataclasses
from collections.abc import Sequence

import keras

from pipelines.errors import DataError, UsageError
from zoo.architectures import registry
from zoo.classifier import classifier, precision
from zoo.runs.run import Run

POLICIES = {
    "float32": precision.FULL,
    "bfloat16": precision.BRAIN,
    "float16": precision.HALF,
}


def check(wanted: str, capabilities: Sequence[precision.Capability]) -> None:
    """Refuses what this machine could not even try.

    Args:
        wanted: one of `POLICIES`.
        capabilities: of the GPUs.

    Raises:
        UsageError: float16 without a GPU: TensorFlow's CPU has no 3D pooling in it, so
            that the difference to float32 could not be measured.
    """
    if wanted == "float16" and not capabilities:
        raise UsageError(
            "--precision float16 wants a GPU where the model is exported, and there is "
            "none here. Take bfloat16 or float32, or export on a machine with a GPU"
        )


def rebuilt(run: Run, model: keras.Model, wanted: str) -> keras.Model:
    """The run's inference model, built anew in a precision.

    Args:
        model: as the run has it, in float32.
        wanted: one of `POLICIES`.

    Raises:
        DataError: the architecture is not today what it was in training.
    """
    if wanted == "float32":
        return model
    optimisation = dataclasses.replace(
        run.recipe.optimisation, precision=POLICIES[wanted]
    )
    network = classifier.build(
        dataclasses.replace(run.recipe, optimisation=optimisation),
        registry.get(run.recipe.arch),
        shape=(*run.task.grid.shape, len(run.channels)),
        target_outputs=run.target_outputs,
        seed=run.recipe.seed,
        covariates=len(run.standards.encoding.names),
    ).inference
    if _layout(network) != _layout(model):
        raise DataError(
            f"{run.recipe.arch} as it is built today has other weights than the model "
            f"of {run.path}. Export with the version of the software that trained it, "
            "or in float32"
        )
    network.set_weights(model.get_weights())
    return network


def _layout(model: keras.Model) -> list[tuple]:
    return [(weight.name, tuple(weight.shape)) for weight in model.weights]
